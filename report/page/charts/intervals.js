// Bars in order, each with its 95% interval; small samples are hollow.
import { availableWidth, shortText, svgText, ticks, tooltip, whisker } from "./scales.js";
import { svg } from "../elements.js";
import { verticalGrid } from "./axes.js";
import { between, isNothing, share } from "../format.js";

/** Draws bars: rows of label, value, lower, upper, colour and hollow. */
export function intervalBars(rows) {
  const width = availableWidth();
  const narrow = width < 560;
  const left = narrow ? 0 : Math.min(300, width * 0.32);
  const right = 64;
  const step = narrow ? 46 : 30;
  const top = 22;
  const marks = ticks(Math.max(...rows.map((row) => row.upper ?? row.value ?? 0), 0.01));
  const largest = marks[marks.length - 1];
  const at = (value) => left + (value / largest) * (width - left - right);
  const height = top + rows.length * step + 4;
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(...verticalGrid(marks, at, top - 4, height));
  rows.forEach((row, place) => {
    const middle = top + place * step + (narrow ? 30 : 15);
    picture.append(
      narrow
        ? shortText(0, middle - 13, row.label, width)
        : shortText(left - 10, middle + 4, row.label, left - 10, { "text-anchor": "end" }),
      svg(
        "rect",
        {
          x: left,
          y: middle - 8,
          width: Math.max(1, at(row.value ?? 0) - left),
          height: 16,
          class: `bar ${row.colour ?? "plain"}${row.hollow ? " hollow" : ""}`,
        },
        tooltip(`${row.label}: ${between(row.value, row.lower, row.upper)}`),
      ),
    );
    if (!isNothing(row.lower)) picture.append(...range(at(row.lower), at(row.upper), middle));
    picture.append(svgText(at(row.upper ?? row.value ?? 0) + 8, middle + 4, share(row.value)));
  });
  return picture;
}

const range = (from, to, y) => whisker(`M${from} ${y - 5}v10M${from} ${y}H${to}M${to} ${y - 5}v10`);
