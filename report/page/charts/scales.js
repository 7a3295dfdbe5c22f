// Where a value is drawn, and which round values get a line.

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1];

/** Round shares from nought to just above the largest value, at most five. */
function ticks(largest) {
  const step = STEPS.find((size) => largest / size <= 5) ?? 1;
  const marks = [];
  for (let mark = 0; mark < largest + step; mark += step) marks.push(Number(mark.toFixed(4)));
  return marks;
}

/** Widest drawing that fits the page. */
function room() {
  return Math.max(280, Math.min(1040, document.getElementById("content").clientWidth - 2));
}

const shareMark = new Intl.NumberFormat(LOCALE, { style: "percent" });

const words = (x, y, content, attributes = {}) =>
  draw("text", { x, y, "aria-hidden": "true", ...attributes }, content);

/** Shortens a text to the letters that fit. */
function short(content, width) {
  const letters = Math.floor(width / 7);
  return content.length <= letters ? content : `${content.slice(0, Math.max(1, letters - 1))}…`;
}

/** A note on hollow marks, where there are some. */
const ifHollow = (rows, note) => (rows.some((row) => row.hollow) ? note : null);

/** A key: one mark and word for each colour. */
function key(names) {
  return make("ul", { class: "key" }, names.map(([colour, name]) =>
    make("li", {}, make("span", { class: `mark ${colour}` }), name)));
}
