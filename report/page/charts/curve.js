// Step curves by day, each with the band of its interval.
import { LABEL_WIDTH, endLabels, horizontalGrid } from "./axes.js";
import { availableWidth, svgText, ticks, tooltip } from "./scales.js";
import { svg } from "../elements.js";
import { count, isNothing, share } from "../format.js";

/** Draws curves: series of name, colour, hollow, and points of day, value, lower, upper. */
export function stepCurves(series) {
  const width = availableWidth();
  const [left, right, top, bottom, height] = [44, LABEL_WIDTH, 12, 40, 280];
  const points = series.flatMap((one) => one.points);
  const last = Math.max(...points.map((point) => point.day), 1);
  const marks = ticks(Math.max(...points.map((point) => point.upper ?? point.value), 0.01));
  const across = (day) => left + (day / last) * (width - left - right);
  const up = (value) =>
    height - bottom - (value / marks[marks.length - 1]) * (height - top - bottom);
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(...horizontalGrid(marks, up, left, width - right));
  for (let day = 0; day <= last; day += 15) {
    picture.append(
      svgText(across(day), height - 22, count(day), {
        class: "axis",
        "text-anchor": "middle",
      }),
    );
  }
  picture.append(
    svgText(across(last / 2), height - 4, "days since the return", {
      class: "axis",
      "text-anchor": "middle",
    }),
  );
  const steps = (pairs) =>
    pairs.map(([x, y], place) => (place ? `H${x}V${y}` : `M${x} ${y}`)).join("");
  for (const { name, colour, hollow, points: own } of series) {
    const values = own.map((point) => [across(point.day), up(point.value)]);
    const known = own.filter((point) => !isNothing(point.lower));
    const edge = (bound) => known.map((point) => `${across(point.day)} ${up(point[bound])}`);
    picture.append(
      svg(
        "g",
        { class: colour },
        known.length
          ? svg("path", {
              d: `M${[...edge("lower"), ...edge("upper").toReversed()].join("L")}Z`,
              class: "band",
            })
          : null,
        svg(
          "path",
          { d: steps(values), class: hollow ? "stroke dashed" : "stroke" },
          tooltip(`${name}: ${share(own[own.length - 1].value)} by day ${last}`),
        ),
      ),
    );
  }
  picture.append(
    ...endLabels(
      series.map(({ name, points: own }) => ({ name, y: up(own[own.length - 1].value) })),
      width - right,
      height - bottom,
    ),
  );
  return picture;
}
