// Curves that rise in steps, day by day, each in the band of its interval.

/** Draws curves: series of colour, hollow, and points of day, value, lower, upper. */
function stepCurves(series) {
  const width = room();
  const [left, right, top, bottom, height] = [44, 24, 12, 40, 280];
  const points = series.flatMap((one) => one.points);
  const last = Math.max(...points.map((point) => point.day), 1);
  const marks = ticks(Math.max(...points.map((point) => point.upper ?? point.value), 0.01));
  const across = (day) => left + (day / last) * (width - left - right);
  const up = (value) =>
    height - bottom - (value / marks[marks.length - 1]) * (height - top - bottom);
  const picture = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  for (const mark of marks) {
    picture.append(
      draw("line", { x1: left, x2: width - right, y1: up(mark), y2: up(mark), class: "grid" }),
      words(left - 8, up(mark) + 4, shareMark.format(mark), { class: "axis", "text-anchor": "end" }),
    );
  }
  for (let day = 0; day <= last; day += 15) {
    picture.append(words(across(day), height - 22, count(day), { class: "axis", "text-anchor": "middle" }));
  }
  picture.append(words(across(last / 2), height - 4, "days since the return", {
    class: "axis", "text-anchor": "middle",
  }));
  const steps = (pairs) => pairs.map(([x, y], place) => (place ? `H${x}V${y}` : `M${x} ${y}`)).join("");
  for (const { colour, hollow, points: own } of series) {
    const at = (name) => own.map((point) => [across(point.day), up(point[name])]);
    const known = own.filter((point) => !isNothing(point.lower));
    const edge = (name) => known.map((point) => `${across(point.day)} ${up(point[name])}`);
    picture.append(draw("g", { class: colour },
      known.length ? draw("path", {
        d: `M${[...edge("lower"), ...edge("upper").reverse()].join("L")}Z`, class: "band",
      }) : null,
      draw("path", { d: steps(at("value")), class: hollow ? "stroke dashed" : "stroke" })));
  }
  return picture;
}
