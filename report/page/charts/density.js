// A histogram with bands of unequal width: the area of a band is its share.
import { svg } from "../elements.js";
import { count, share } from "../format.js";
import { horizontalGrid } from "./axes.js";
import { svgText, ticks, tooltip, whisker } from "./scales.js";

// Width in days of a band without an end.
const OPEN_BAND_DAYS = 28;

/** Share per day of a band; `last` is null for a band without an end. */
const density = ({ first, last }, value) => value / (lastDay({ first, last }) - first);

const lastDay = ({ first, last }) => (last === null ? first + OPEN_BAND_DAYS : last + 1);

/**
 * Draws bands: label, first and last day, value, lower, upper.
 *
 * The axes reach as far as those of `all`, the bands that these are compared with.
 */
export function densityBars(bands, colour, all, width) {
  const [left, bottom, top, height] = [48, 40, 10, 180];
  const marks = ticks(Math.max(...all.map((band) => density(band, band.upper))));
  const limit = marks[marks.length - 1];
  const up = (value) => height - bottom - (value / limit) * (height - top - bottom);
  const days = Math.max(...all.map(lastDay));
  const across = (day) => left + (day / days) * (width - left - 8);
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(...horizontalGrid(marks, up, left, width));
  for (const band of bands) {
    const [from, to] = [across(band.first), across(lastDay(band))];
    const y = up(density(band, band.value));
    const middle = (from + to) / 2;
    picture.append(
      svg(
        "rect",
        {
          x: from + 0.5,
          width: Math.max(1, to - from - 1),
          y,
          height: up(0) - y,
          class: `bar ${colour}`,
          "data-share": band.value,
        },
        tooltip(
          `${band.label}: ${share(band.value)} (${share(band.lower)} to ${share(band.upper)})`,
        ),
      ),
      ...whisker(`M${middle} ${up(density(band, band.lower))}V${up(density(band, band.upper))}`),
    );
  }
  for (let day = 0; day < days; day += 14) {
    picture.append(
      svgText(across(day), height - 24, count(day), { class: "axis", "text-anchor": "middle" }),
    );
  }
  picture.append(
    svgText(left + (width - left) / 2, height - 6, "days from order to return", {
      class: "axis",
      "text-anchor": "middle",
    }),
  );
  return picture;
}
