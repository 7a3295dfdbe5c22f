// Ribbons from the returned variant to the variant taken; their width shows the units.
import { availableWidth, shortText, svgText, tooltip } from "./scales.js";
import { svg } from "../elements.js";
import { count, counted } from "../format.js";

/** Draws flows: rows of from, to, value and colour. */
export function flowRibbons(flows) {
  const width = availableWidth();
  const side = Math.min(190, width * 0.34);
  const units = flows.map((flow) => flow.value).reduce((sum, value) => sum + value, 0);
  const unit = Math.min(14, 480 / units);
  const gap = 14;
  const from = stack(flows, "from", unit, gap);
  const to = stack(flows, "to", unit, gap);
  const height = Math.max(from.height, to.height);
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  const [start, end] = [side + 6, width - side - 6];
  const bend = (start + end) / 2;
  for (const flow of flows) {
    const thick = flow.value * unit;
    const a = from.take(flow.from, thick);
    const b = to.take(flow.to, thick);
    picture.append(
      svg(
        "path",
        {
          d:
            `M${start} ${a}C${bend} ${a} ${bend} ${b} ${end} ${b}v${thick}` +
            `C${bend} ${b + thick} ${bend} ${a + thick} ${start} ${a + thick}Z`,
          class: `ribbon ${flow.colour}`,
        },
        tooltip(`${flow.from} to ${flow.to}: ${counted(flow.value, "unit")}`),
      ),
      thick < 10 ? "" : svgText(start + 8, a + thick / 2 + 4, count(flow.value)),
    );
  }
  for (const { name, y, size } of from.places) {
    picture.append(
      svg("rect", { x: side, y, width: 6, height: size, class: "bar no-return" }),
      shortText(side - 8, y + size / 2 + 4, name, side - 8, { "text-anchor": "end" }),
    );
  }
  for (const { name, y, size } of to.places) {
    picture.append(
      svg("rect", { x: width - side - 6, y, width: 6, height: size, class: "bar no-return" }),
      shortText(width - side + 8, y + size / 2 + 4, name, side - 8),
    );
  }
  return picture;
}

function stack(flows, end, unit, gap) {
  const sizes = new Map();
  for (const flow of flows) sizes.set(flow[end], (sizes.get(flow[end]) ?? 0) + flow.value * unit);
  const free = new Map();
  const places = [];
  let y = 0;
  for (const [name, size] of sizes) {
    places.push({ name, y, size });
    free.set(name, y);
    y += size + gap;
  }
  const take = (name, thick) => {
    const place = free.get(name);
    free.set(name, place + thick);
    return place;
  };
  return { places, height: Math.max(1, y - gap), take };
}
