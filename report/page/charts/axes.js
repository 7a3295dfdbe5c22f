// Grid lines and their labels, for every chart with an axis of shares.

import { svg } from "../elements.js";
import { shareMark, shortText, svgText } from "./scales.js";

/** Draws a line and a label at each mark of a vertical axis, from left to right. */
export function horizontalGrid(marks, up, left, right) {
  return marks.flatMap((mark) => [
    svg("line", { x1: left, x2: right, y1: up(mark), y2: up(mark), class: "grid" }),
    svgText(left - 8, up(mark) + 4, shareMark.format(mark), {
      class: "axis",
      "text-anchor": "end",
    }),
  ]);
}

/** Draws a line and a label at each mark of a horizontal axis, from top to bottom. */
export function verticalGrid(marks, across, top, bottom) {
  return marks.flatMap((mark) => [
    svg("line", { x1: across(mark), x2: across(mark), y1: top, y2: bottom, class: "grid" }),
    svgText(across(mark), top - 6, shareMark.format(mark), {
      class: "axis",
      "text-anchor": "middle",
    }),
  ]);
}

// Width at the right of a chart for the names of its lines.
export const LABEL_WIDTH = 96;
const LABEL_HEIGHT = 15;

/**
 * Names lines at their right ends: rows of name and y. Overlapping names are moved apart, and names
 * below `bottom` are moved up.
 */
export function endLabels(lines, x, bottom) {
  const rows = lines.toSorted((a, b) => a.y - b.y);
  const places = [];
  for (const { y } of rows) places.push(Math.max(y, (places.at(-1) ?? -Infinity) + LABEL_HEIGHT));
  let limit = bottom;
  for (let place = places.length - 1; place >= 0; place -= 1) {
    places[place] = Math.min(places[place], limit);
    limit = places[place] - LABEL_HEIGHT;
  }
  return rows.map(({ name }, place) =>
    shortText(x + 8, places[place] + 4, name, LABEL_WIDTH, { class: "line-name" }),
  );
}
