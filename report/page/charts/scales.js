// Scales of charts, their grid lines, and texts and marks.
import { html, svg } from "../elements.js";
import { LOCALE } from "../format.js";

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1];

/** Round shares from zero, or just below the smallest value, to just above the largest; a few. */
export function ticks(largest, smallest = 0) {
  const step = STEPS.find((size) => (largest - smallest) / size <= 5) ?? 1;
  const marks = [];
  const first = Math.floor(smallest / step) * step;
  for (let mark = first; mark < largest + step; mark += step) marks.push(Number(mark.toFixed(4)));
  return marks;
}

/** Widest drawing that fits the page. */
export function availableWidth() {
  return Math.max(280, Math.min(1040, document.getElementById("content").clientWidth - 2));
}

export const shareMark = new Intl.NumberFormat(LOCALE, {
  style: "percent",
  maximumFractionDigits: 1,
});

/** Builds a text element; if it was shortened, a tooltip shows the full text. */
export const svgText = (x, y, content, attributes = {}, whole = content) =>
  svg(
    "text",
    { x, y, "aria-hidden": "true", ...attributes },
    content,
    whole === content ? null : tooltip(whole),
  );

/** Outlines of markers around their centre; shapes distinguish series without colour. */
export const DOTS = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
  square: "M-4 -4H4V4H-4Z",
  triangle: "M0 -5L5 4H-5Z",
  diamond: "M0 -6L6 0L0 6L-6 0Z",
};

/** A line that shows an interval, with an outline in the colour of the paper. */
export const whisker = (d) =>
  ["whisker outline", "whisker"].map((name) => svg("path", { d, class: name }));

/** The tooltip of a mark. */
export const tooltip = (text) => svg("title", {}, text);

/** Builds a text of at most this width. */
export function shortText(x, y, content, width, attributes = {}) {
  const letters = Math.max(1, Math.floor(width / 8));
  const shown = content.length <= letters ? content : `${content.slice(0, letters - 1)}…`;
  return svgText(x, y, shown, attributes, content);
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
