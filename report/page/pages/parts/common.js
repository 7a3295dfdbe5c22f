// Shared by pages: filters, links to definitions, texts for small and immature groups.
import { addressOf } from "../../address.js";
import { different, isRunning, where } from "../../data.js";
import { html } from "../../elements.js";
import { OUTCOME_ORDER, counted, periodName, isNothing } from "../../format.js";

export const MATURITIES = [
  ["to_date", "all orders, to date"],
  ["mature_only", "mature orders only"],
];

/** A filter: name, label, options of value and text, and the default value. */
export const filter = (name, label, options, usual) => ({ name, label, options, usual });

export const inOrder = (periods) =>
  [...periods].toSorted((a, b) =>
    (a.period_start_date ?? "").localeCompare(b.period_start_date ?? ""),
  );

/** The filter for a period, newest first. */
export function periodFilter({ periods, through }, usual) {
  const newest = inOrder(periods).toReversed();
  const options = ["all", "range", "quarter", "month"].flatMap((type) =>
    where(newest, { period_type: type }).map(({ period }) => [
      period,
      isRunning(period, through[0]) ? `${periodName(period)} (running)` : periodName(period),
      { quarter: "Quarters", month: "Months" }[type],
    ]),
  );
  return filter("period", "Period", options, usual);
}

/** The quarter of the last day with data, else all time. */
export const currentQuarter = (periods) =>
  where(periods, { period_type: "quarter", is_current_period: true })[0]?.period ?? "all";

/** The newest month, or the newest quarter, that is over; nothing if none is. */
export const lastOver = ({ periods, through }, type) =>
  inOrder(where(periods, { period_type: type })).findLast(
    ({ period }) => !isRunning(period, through[0]),
  )?.period;

/** The period before one, of the same type; null if there is none. */
export function periodBefore(periods, period) {
  const [own] = where(periods, { period });
  if (!own?.period_start_date) return null;
  const alike = inOrder(where(periods, { period_type: own.period_type }));
  return alike[alike.indexOf(own) - 1]?.period ?? null;
}

/** The filter for a period if it selects the rows of a table that shows one month of all time. */
export const ifChosen = (period) => (period === "all" ? [] : ["period"]);

/** A filter of values, with an option for all of them. */
export const valuesFilter = (name, label, values, every, nameOf = (value) => value) =>
  filter(
    name,
    label,
    [["all", every], ...[...values].toSorted().map((value) => [value, nameOf(value)])],
    "all",
  );

/** The filter for a currency of the rows; the shop's main currency unless chosen. */
export const currencyFilter = (rows, currencies) => {
  const codes = different(rows, "currency_code").toSorted();
  const [main] = different(where(currencies, { is_main_currency: true }), "currency_code");
  return filter(
    "currency",
    "Currency",
    codes.map((code) => [code, code]),
    codes.includes(main) ? main : codes[0],
  );
};

export const outcomesInOrder = (outcomes) =>
  [...outcomes].toSorted(
    (a, b) => ((OUTCOME_ORDER.indexOf(a) + 99) % 99) - ((OUTCOME_ORDER.indexOf(b) + 99) % 99),
  );

/** A link to the definition of a metric. */
export const defined = (metric, words = metric) =>
  html("a", { href: addressOf("definitions", { metric }), class: "definition" }, words);

/** A line under the answer with the metric and its population. */
export const scope = (metric, text) =>
  html("p", { class: "scope" }, "Metric: ", defined(metric), `. ${text}`);

/** A note that ends with the metric. */
export const note = (text, metric) =>
  html("p", { class: "note" }, `${text} Metric: `, defined(metric), ".");

export const empty = (text) => html("p", { class: "empty" }, text);

export const warning = (...content) => html("p", { class: "warning" }, content);

/** Whether the row's rate will still rise; a rate of mature orders only does not. */
export const isImmature = (row) => row.is_period_mature === false && row.maturity !== "mature_only";

/** Flags for rows that are small or immature. */
const FEW = "few, not ranked";
const YOUNG = "immature";
export const flagsOf = (row) =>
  [row.is_ranked === false ? FEW : null, isImmature(row) ? YOUNG : null].filter(Boolean);

/** One sentence that explains immature periods. */
export const immatureNote = (through) =>
  through
    ? "Immature means that too many orders of the period are less than " +
      `${counted(through.return_maturity_days, "day")} old: more of them will be returned, so the ` +
      "rate will still rise."
    : "";

/** Whether there are returns but no orders; rates and revenue are then unknown. */
export const lacksOrders = (through) =>
  !isNothing(through?.returns_through_at) && isNothing(through.orders_through_at);

export const withoutOrdersNote = () =>
  warning(
    "Orders are not loaded. Loop knows returns only, so return rates, revenue and repeat " +
      "purchases are unknown. To add them, load the orders of your Shopify, set the dbt variable " +
      "shopify_source as transform/README.md says, build the models and make the report again.",
  );

/** The filters, some with only their default option: without orders, the others have no data. */
export const onlyUsual = (filters, names) =>
  filters.map((one) =>
    names.includes(one.name)
      ? { ...one, options: one.options.filter(([value]) => value === one.usual) }
      : one,
  );
