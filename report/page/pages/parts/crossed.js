// Filters that can be combined: columns of rpt_returned_units, whose units add up over any of them.
import { chosenOnly, different, inPeriod, where } from "../../data.js";
import { NO_CHANNEL, channelName, outcomeName } from "../../format.js";
import { addedBy } from "../../months.js";
import { valuesFilter } from "./common.js";

const CROSSINGS = {
  category: ["product_category", "Category", "all categories"],
  channel: ["order_channel", "Channel of the order", "all channels", channelName],
  country: ["origin_country_code", "Country", "all countries"],
  outcome: ["outcome", "Outcome", "all outcomes", outcomeName],
};

/** Filters by name, for the values that the rows have. */
export const crossings = (rows, names) =>
  names.map((name) => {
    const [column, label, every, nameOf] = CROSSINGS[name];
    return valuesFilter(name, label, different(rows, column), every, nameOf);
  });

/** Whether one of these filters is set. */
export const isCrossed = (chosen, names) => names.some((name) => (chosen[name] ?? "all") !== "all");

/** The chosen values in words. */
export const crossingNames = (chosen, names) =>
  names
    .filter((name) => isCrossed(chosen, [name]))
    .map((name) => (CROSSINGS[name][3] ?? String)(chosen[name]));

/** Rows for the chosen period and filters. */
export const crossedRows = (rows, chosen, names) =>
  where(rows, wantedBy(chosen, names)).filter((row) => inPeriod(row.month_date, chosen.period));

/** Whether a returned unit of the lists passes the filters. */
export function passes(unit, chosen, names) {
  const row = { ...unit, outcome: unit.line_outcome };
  row.order_channel ??= NO_CHANNEL;
  return where([row], wantedBy(chosen, names)).length > 0;
}

const wantedBy = (chosen, names) =>
  Object.assign({}, ...names.map((name) => chosenOnly(CROSSINGS[name][0], chosen[name] ?? "all")));

/** Units of each group as a share of the units of the groups with the same columns `within`. */
export function unitShares(rows, { by, within = [], share, whole }) {
  const columns = [...by, "returned_units"];
  const units = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])));
  return addedBy(units, {
    by,
    add: ["returned_units"],
    part: "returned_units",
    share,
    whole,
    within: { [whole]: within },
    rank: "rank",
    counts: () => true,
  });
}
