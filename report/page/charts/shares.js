// Parts of a whole in one bar per row.
import { availableWidth, svgText, tooltip } from "./scales.js";
import { svg } from "../elements.js";
import { share } from "../format.js";

/** Draws one bar per row: label, what it is a part of, and parts of name, value and colour. */
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
        svg(
          "rect",
          { x: from, y, width: Math.max(0, size - 1), height: 24, class: `bar ${part.colour}` },
          tooltip(`${row.label}, ${part.name}: ${share(part.value)} of ${row.whole}`),
        ),
      );
      if (size > 48) {
        // The name as well where it fits, so that colour alone tells nothing.
        const text =
          size > 48 + 8 * part.name.length
            ? `${part.name} ${share(part.value)}`
            : share(part.value);
        picture.append(
          svgText(from + size / 2, y + 17, text, {
            class: `inside ${part.colour}`,
            "text-anchor": "middle",
          }),
        );
      }
      from += size;
    }
  });
  return picture;
}
