// Where a value is drawn, and which round values get a line.
import { html, svg } from "../elements.js";
import { LOCALE } from "../format.js";

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1];

/** Round shares from nought to just above the largest value, at most five. */
export function ticks(largest) {
  const step = STEPS.find((size) => largest / size <= 5) ?? 1;
  const marks = [];
  for (let mark = 0; mark < largest + step; mark += step) marks.push(Number(mark.toFixed(4)));
  return marks;
}

/** Widest drawing that fits the page. */
export function availableWidth() {
  return Math.max(280, Math.min(1040, document.getElementById("content").clientWidth - 2));
}

export const shareMark = new Intl.NumberFormat(LOCALE, { style: "percent" });

export const svgText = (x, y, content, attributes = {}) =>
  svg("text", { x, y, "aria-hidden": "true", ...attributes }, content);

/** Shortens a text to the letters that fit. */
export function short(content, width) {
  const letters = Math.floor(width / 7);
  return content.length <= letters ? content : `${content.slice(0, Math.max(1, letters - 1))}…`;
}

/** A note on hollow marks, where there are some. */
export const ifHollow = (rows, note) => (rows.some((row) => row.hollow) ? note : null);

/** A legend: one mark and word for each colour. */
export function legend(names) {
  return html(
    "ul",
    { class: "legend" },
    names.map(([colour, name]) => html("li", {}, html("span", { class: `mark ${colour}` }), name)),
  );
}
