// Parts of a whole in one bar, and the same bands side by side for each outcome.
import { horizontalGrid } from "./axes.js";
import { availableWidth, svgText, ticks } from "./scales.js";
import { svg } from "../elements.js";
import { share } from "../format.js";

/** Draws one bar per row: label, what it is a part of, and parts of value and colour. */
export function shareBars(rows) {
  const width = availableWidth();
  const left = 76;
  const right = 12 + 8 * Math.max(...rows.map((row) => row.whole.length));
  const step = 32;
  const height = rows.length * step;
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  rows.forEach((row, place) => {
    const y = place * step;
    picture.append(
      svgText(left - 10, y + 17, row.label, { "text-anchor": "end" }),
      svgText(width, y + 17, row.whole, { class: "axis", "text-anchor": "end" }),
    );
    let from = left;
    for (const part of row.parts) {
      const size = (part.value ?? 0) * (width - left - right);
      picture.append(
        svg("rect", {
          x: from,
          y,
          width: Math.max(0, size - 1),
          height: 24,
          class: `bar ${part.colour}`,
        }),
      );
      if (size > 48) {
        picture.append(
          svgText(from + size / 2, y + 17, share(part.value), {
            class: "inside",
            "text-anchor": "middle",
          }),
        );
      }
      from += size;
    }
  });
  return picture;
}

/** Draws upright bars over bands: points of label, value, lower, upper; one outcome. */
export function bandBars(points, colour, largest, width) {
  const [left, bottom, top, height] = [40, 40, 10, 170];
  const marks = ticks(largest);
  const limit = marks[marks.length - 1];
  const up = (value) => height - bottom - (value / limit) * (height - top - bottom);
  const step = (width - left) / points.length;
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(...horizontalGrid(marks, up, left, width));
  points.forEach((point, place) => {
    const x = left + place * step;
    const middle = x + step / 2;
    picture.append(
      svg("rect", {
        x: x + step * 0.15,
        width: step * 0.7,
        y: up(point.value),
        height: up(0) - up(point.value),
        class: `bar ${colour}`,
      }),
      svg("path", {
        d: `M${middle} ${up(point.lower)}V${up(point.upper)}`,
        class: "whisker",
      }),
      svgText(middle, height - 24, point.label, { class: "axis", "text-anchor": "middle" }),
    );
  });
  picture.append(
    svgText(left + (width - left) / 2, height - 6, "days from order to return", {
      class: "axis",
      "text-anchor": "middle",
    }),
  );
  return picture;
}
