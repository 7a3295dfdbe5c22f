// Grid lines and their labels, for every chart with an axis of shares.

import { svg } from "../elements.js";
import { shareMark, svgText } from "./scales.js";

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
