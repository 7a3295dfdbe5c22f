// A rate over the quarters.
import { trend } from "../../charts/trend.js";
import { figure } from "../../elements.js";
import { periodName, share } from "../../format.js";
import { inOrder } from "./common.js";

/**
 * Returns a figure with one line; nothing if there are fewer than two quarters.
 *
 * `rows` are of one quarter each, and `pointOf` returns the value of a row, its bounds, and
 * whether it is hollow.
 */
export function quarterTrend(heading, rows, pointOf, note) {
  if (rows.length < 2) return null;
  const points = new Map(inOrder(rows).map((row) => [row.period, pointOf(row)]));
  const described = [...points].map(
    ([period, { value }]) => `${periodName(period)}: ${share(value)}`,
  );
  return figure(
    heading,
    described.join("; "),
    trend([...points.keys()], [{ colour: "plain", points }]),
    note,
  );
}
