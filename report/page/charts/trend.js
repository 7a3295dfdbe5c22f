// Lines over periods with their intervals; immature periods are hollow, and points based on few
// cases are not connected.
import { LABEL_WIDTH, endLabels, horizontalGrid } from "./axes.js";
import { DOTS, availableWidth, svgText, ticks, tooltip } from "./scales.js";
import { svg } from "../elements.js";
import { between, isNothing, periodName } from "../format.js";

/** Draws lines: names of periods, and series of name, colour, shape and points by period. */
export function trend(periods, series) {
  const width = availableWidth();
  const right = series.length > 1 ? LABEL_WIDTH : 24;
  const [left, top, bottom, height] = [44, 12, 26, 230];
  const points = series.flatMap((one) => [...one.points.values()]);
  const marks = ticks(
    Math.max(...points.map((point) => point.upper ?? point.value ?? 0), 0.01),
    Math.min(...points.map((point) => point.lower ?? point.value ?? 0), 0),
  );
  const [least, largest] = [marks[0], marks.at(-1)];
  const inset = 16;
  const apart = (width - left - right - 2 * inset) / Math.max(1, periods.length - 1);
  const across = (place) => (periods.length > 1 ? left + inset + place * apart : width / 2);
  const up = (value) =>
    height - bottom - ((value - least) / (largest - least)) * (height - top - bottom);
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(...horizontalGrid(marks, up, left, width - right));
  const skip = Math.ceil(72 / Math.max(1, apart));
  periods.forEach((period, place) => {
    if (place % skip) return;
    picture.append(
      svgText(across(place), height - 6, periodName(period), {
        class: "axis",
        "text-anchor": "middle",
      }),
    );
  });
  series.forEach((one, number) => {
    // Series are shifted a little, so their intervals do not overlap.
    const shift = (number - (series.length - 1) / 2) * 5;
    picture.append(seriesMarks(one, periods, (place) => across(place) + shift, up));
  });
  if (series.length > 1) {
    const ends = series.map(({ name, points: own }) => {
      const known = [...own.values()].filter((point) => !isNothing(point.value));
      const last = known.findLast((point) => !point.few) ?? known.at(-1);
      return last && { name, y: up(last.value) };
    });
    picture.append(...endLabels(ends.filter(Boolean), width - right, height - bottom - 8));
  }
  return picture;
}

function seriesMarks(series, periods, across, up) {
  const group = svg("g", { class: `line ${series.colour}` });
  let before = null;
  periods.forEach((period, place) => {
    const point = series.points.get(period);
    if (!point || isNothing(point.value)) {
      before = null;
      return;
    }
    const [x, y] = [across(place), up(point.value)];
    if (before && !point.few) {
      group.append(
        svg("path", {
          d: `M${before.x} ${before.y}L${x} ${y}`,
          class: point.hollow ? "stroke dashed" : "stroke",
        }),
      );
    }
    if (!isNothing(point.lower)) {
      group.append(
        svg("path", { d: `M${x} ${up(point.lower)}V${up(point.upper)}`, class: "range" }),
      );
    }
    before = point.few ? null : { x, y };
  });
  periods.forEach((period, place) => {
    const point = series.points.get(period);
    if (!point || isNothing(point.value)) return;
    group.append(
      svg(
        "path",
        {
          d: DOTS[series.shape ?? "circle"],
          transform: `translate(${across(place)} ${up(point.value)})`,
          class: point.hollow ? "dot hollow" : "dot",
        },
        tooltip(
          `${series.name ? `${series.name}, ` : ""}${periodName(period)}: ` +
            between(point.value, point.lower, point.upper),
        ),
      ),
    );
  });
  return group;
}
