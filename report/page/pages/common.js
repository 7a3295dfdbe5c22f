// What several pages share: filters, links to definitions, words for small and young.
import { addressOf } from "../address.js";
import { different, where } from "../data.js";
import { html } from "../elements.js";
import { OUTCOME_ORDER, count, periodName } from "../format.js";

export const MATURITIES = [
  ["to_date", "all orders, to date"],
  ["mature_only", "orders old enough to be judged"],
];

/** A filter: name, label, options of value and text, and the value unless chosen. */
export const filter = (name, label, options, usual) => ({ name, label, options, usual });

export const inOrder = (periods) =>
  [...periods].toSorted((a, b) =>
    (a.period_start_date ?? "").localeCompare(b.period_start_date ?? ""),
  );

/** The filter for a period, newest first. */
export function periodFilter(periods, usual) {
  const newest = inOrder(periods).toReversed();
  const options = ["all", "quarter", "month"].flatMap((type) =>
    where(newest, { period_type: type }).map(({ period, is_current_period: current }) => [
      period,
      current ? `${periodName(period)} (running)` : periodName(period),
      { quarter: "Quarters", month: "Months" }[type],
    ]),
  );
  return filter("period", "Period", options, usual);
}

/** The running quarter, else all time. */
export const runningQuarter = (periods) =>
  where(periods, { period_type: "quarter", is_current_period: true })[0]?.period ?? "all";

/** A filter of values, with one more for all of them. */
export const valuesFilter = (name, label, values, every) =>
  filter(
    name,
    label,
    [["all", every], ...[...values].toSorted().map((value) => [value, value])],
    "all",
  );

/** A currency is chosen only where there are several; the first is the usual one. */
export const currencyFilter = (rows) => {
  const codes = different(rows, "currency_code").toSorted();
  return filter(
    "currency",
    "Currency",
    codes.map((code) => [code, code]),
    codes[0],
  );
};

export const outcomesInOrder = (outcomes) =>
  [...outcomes].toSorted(
    (a, b) => ((OUTCOME_ORDER.indexOf(a) + 99) % 99) - ((OUTCOME_ORDER.indexOf(b) + 99) % 99),
  );

/** A link to the words that define a metric. */
export const defined = (metric, words = metric) =>
  html("a", { href: addressOf("definitions", { metric }), class: "definition" }, words);

/** A line under the answer: which metric, over what. */
export const scope = (metric, text) =>
  html("p", { class: "scope" }, "Metric: ", defined(metric), `. ${text}`);

export const empty = (text) => html("p", { class: "empty" }, text);

export const warning = (text) => html("p", { class: "warning" }, text);

/** Words for rows that say less than they seem to. */
const FEW = "few, not ranked";
const YOUNG = "immature";
export const flagsOf = (row) =>
  [row.is_ranked === false ? FEW : null, row.is_period_mature === false ? YOUNG : null].filter(
    Boolean,
  );

export const immatureNote = (through) =>
  through
    ? `An order is judged ${count(through.return_maturity_days)} days after it was placed; ` +
      "in this period too many orders are younger, so the rate will still rise."
    : "";
