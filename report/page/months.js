// Periods of any months, such as "2026-02..2026-04": their figures are the sums of the months'.
import { inPeriod, rangeOf, where } from "./data.js";
import { isNothing, periodName } from "./format.js";
import { inOrder } from "./pages/parts/common.js";

const MONTH = /^\d{4}-\d\d$/;
// Money has four decimals, and sums of whole numbers are exact.
const DECIMALS = 1e4;
const Z = 1.959963984540054;

/** The data with the figures of a range; `sums` says how the rows of each data set are added. */
export function withRange(data, period, sums) {
  const own = { period_type: "range", period };
  const ranges = Object.entries(sums).map(([name, how]) => {
    const months = data[name].filter(
      (row) => MONTH.test(row.period) && inPeriod(row.period, period),
    );
    const added = addedBy(months, how).map((row) => Object.assign(row, own));
    return [name, [...added, ...data[name]]];
  });
  const start = { ...own, period_start_date: `${rangeOf(period)[0]}-01` };
  return { ...data, ...Object.fromEntries(ranges), periods: [...data.periods, start] };
}

/**
 * Filters for the first and the last month of the period.
 *
 * Their function `period` returns the period with another month, a listed one if it has the same
 * months.
 */
export function monthFilters(periods, chosen) {
  const months = inOrder(where(periods, { period_type: "month" }));
  const endsOf = (period) => {
    const own = months.filter((month) => inPeriod(month.period_start_date, period));
    return [own[0]?.period, own.at(-1)?.period];
  };
  const listed = periods.filter((one) => one.period_type !== "range");
  const periodOf = (...ends) =>
    listed.find(({ period }) => `${endsOf(period)}` === `${ends}`)?.period ?? ends.join("..");
  const [from, to] = endsOf(chosen);
  const options = months.toReversed().map(({ period }) => [period, periodName(period)]);
  return [
    {
      name: "from",
      label: "From",
      options,
      value: from,
      period: (month) => periodOf(month, month > to ? month : to),
    },
    {
      name: "to",
      label: "To",
      options,
      value: to,
      period: (month) => periodOf(month < from ? month : from, month),
    },
  ];
}

/**
 * Returns the sums of rows, one for each group.
 *
 * `by` names the columns of a group and `add` those that are summed. The groups are ordered by the
 * largest first sum, and equal ones by the columns `ties`. `share` is `part` divided by `whole`,
 * with an interval if it counts cases. `within` names the columns by which a whole is the sum of
 * the parts, and `rank` the place of a row among these.
 */
export function addedBy(
  rows,
  { by, ties = by, add, share, part, whole, within, rank, counts = hasInterval },
) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row, by);
    const before = groups.get(key);
    groups.set(key, before ? joined(before, row, add) : { ...row });
  }
  const tieOf = (row) => keyOf(row, ties);
  const found = [...groups.values()].toSorted(
    (a, b) => b[add[0]] - a[add[0]] || (tieOf(a) < tieOf(b) ? -1 : 1),
  );
  for (const [name, columns] of Object.entries(within ?? {})) {
    const totals = new Map();
    for (const row of found) {
      const key = keyOf(row, columns);
      const { sum, place } = totals.get(key) ?? { sum: 0, place: 0 };
      totals.set(key, { sum: sumOf(sum, row[part]), place: place + 1 });
      if (rank) row[rank] = place + 1;
    }
    for (const row of found) row[name] = totals.get(keyOf(row, columns)).sum;
  }
  for (const row of found) {
    Object.assign(row, rateOf(share, row[part], row[whole], counts(row, share)));
  }
  return found;
}

const hasInterval = (row, share) => !isNothing(row[`${share}_lower`]);

const keyOf = (row, columns) => JSON.stringify(columns.map((name) => row[name]));

/** The exact sum of two figures; null if one is missing. */
export const plus = (one, other) =>
  isNothing(one) || isNothing(other)
    ? null
    : Math.round(one * DECIMALS + other * DECIMALS) / DECIMALS;

/** The sum as in SQL: a missing figure is left out; null if both are missing. */
const sumOf = (one, other) => plus(one ?? other, isNothing(one) ? 0 : (other ?? 0));

function joined(before, row, add) {
  const sums = Object.fromEntries(add.map((name) => [name, sumOf(before[name], row[name])]));
  return {
    ...before,
    ...sums,
    // A range is immature if one of its months is.
    is_period_mature: before.is_period_mature && row.is_period_mature,
  };
}

/** A share; with its Wilson 95% interval if it counts cases. */
function rateOf(share, part, whole, isCount) {
  const value = whole ? part / whole : null;
  const [lower, upper] = [`${share}_lower`, `${share}_upper`];
  if (!whole || !isCount) return { [share]: value };
  // As in the marts: more units can come back than were sold in a period.
  const known = Math.min(value, 1);
  const middle = known + Z ** 2 / (2 * whole);
  const half = Z * Math.sqrt((known * (1 - known) + Z ** 2 / (4 * whole)) / whole);
  const scale = 1 + Z ** 2 / whole;
  return {
    [share]: value,
    [lower]: part > 0 ? (middle - half) / scale : 0,
    [upper]: (middle + half) / scale,
  };
}
