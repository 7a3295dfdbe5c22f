import { ifHollow } from "../charts/scales.js";
import { inPeriod, isRunning, where } from "../data.js";
import { isNothing, periodName, roundMoney, share } from "../format.js";
import { differences, journalOf, liability } from "./parts/books.js";
import {
  MATURITIES,
  currencyFilter,
  filter,
  flagsOf,
  immatureNote,
  isImmature,
  periodFilter,
  scope,
  warning,
  onlyUsual,
} from "./parts/common.js";
import { costChange } from "./parts/cost-change.js";
import { quarterTrend } from "./parts/quarters.js";
import { table } from "../table.js";

const COST_FORMS = [
  ["net_return_cost", "refund + store credit − upsell payments"],
  ["net_return_cost_cash", "refund − upsell payments"],
  ["net_return_cost_landed", "refund + store credit − upsell payments + labels + bonus credit"],
];
const COST_BASES = [
  ["return", "the closing of the return"],
  ["order", "the first order"],
];

/** The filters of the table of costs, which has the other periods as well. */
const ALL_BUT_PERIOD = ["form", "basis", "maturity", "currency"];

export const costPage = {
  name: "cost",
  menu: "Money",
  question: "What do returns cost, as a share of gross revenue?",
  needs: [
    "cost",
    "currencies",
    "periods",
    "through",
    "liability",
    "return_asset",
    "outstanding",
    "ledger_tie",
    "journal",
  ],
  sums: {
    cost: {
      by: ["cost_form", "date_basis", "maturity", "currency_code"],
      add: ["net_cost", "order_gross_revenue"],
      share: "cost_share_of_gross",
      part: "net_cost",
      whole: "order_gross_revenue",
    },
  },
  filters: (data) => [
    periodFilter(data, "all"),
    filter("form", "Cost", COST_FORMS, "net_return_cost"),
    filter("basis", "Period of", COST_BASES, "return"),
    filter("maturity", "Orders", MATURITIES, "to_date"),
    currencyFilter(data.cost, data.currencies),
  ],
  filtersWithoutOrders: (data) => onlyUsual(costPage.filters(data), ["basis", "maturity"]),
  showWithoutOrders(data, chosen) {
    const rows = where(data.cost, {
      cost_form: chosen.form,
      date_basis: chosen.basis,
      maturity: chosen.maturity,
      currency_code: chosen.currency,
    }).filter((one) => one.period_type !== "month" || one.period === chosen.period);
    const [row] = where(rows, { period: chosen.period });
    return {
      answer: row
        ? `Returns cost ${roundMoney(row.net_cost, chosen.currency)} (${periodName(chosen.period)}).`
        : "No return was closed in this period.",
      parts: [
        scope(`${chosen.form}_pct_gross`, "By the period in which the return was closed."),
        table({
          caption: "Net cost of returns",
          file: "net-return-cost",
          rows,
          filters: ALL_BUT_PERIOD,
          columns: [
            { name: "period", label: "Period", kind: "period" },
            {
              name: "net_cost",
              label: "Net cost",
              kind: "money",
              drillDown: (one) => drillDownCost(one, chosen),
            },
          ],
        }),
        ...costChange(data, chosen),
        ...liability(data, chosen.currency),
        ...journalOf(data, chosen),
      ],
    };
  },
  show(data, chosen) {
    const kept = where(data.cost, {
      cost_form: chosen.form,
      date_basis: chosen.basis,
      maturity: chosen.maturity,
      currency_code: chosen.currency,
    });
    const [row] = where(kept, { period: chosen.period });
    const quarters = where(kept, { period_type: "quarter" });
    const costPoint = (one) => ({
      value: one.cost_share_of_gross,
      hollow: isImmature(one) || isRunning(one.period, data.through[0]),
    });
    const rows = kept.filter((one) => one.period_type !== "month" || one.period === chosen.period);
    return {
      answer: row
        ? costAnswer(row, chosen)
        : "There is no cost for these filters. To filter by mature orders, set “Period of” to “the first order”.",
      parts: [
        scope(
          `${chosen.form}_pct_gross`,
          chosen.basis === "return"
            ? "The cost of returns closed in the period, divided by the gross revenue of the same period. The cost and the revenue belong to different orders."
            : "The cost to date of all returns of the period’s orders, and of the exchange orders that followed from them.",
        ),
        row && isImmature(row) ? warning(immatureNote(data.through[0])) : null,
        quarterTrend(
          "Cost as a share of gross revenue, by quarter",
          quarters,
          costPoint,
          ifHollow(quarters.map(costPoint), "Hollow: the quarter is not over, or it is immature."),
        ),
        rows.length
          ? table({
              caption: "Net cost of returns",
              file: "net-return-cost",
              rows,
              filters: ALL_BUT_PERIOD,
              flags: (one) =>
                [isRunning(one.period, data.through[0]) ? "running" : null, ...flagsOf(one)].filter(
                  Boolean,
                ),
              columns: [
                { name: "period", label: "Period", kind: "period" },
                {
                  name: "net_cost",
                  label: "Net cost",
                  kind: "money",
                  drillDown: (one) => drillDownCost(one, chosen),
                },
                {
                  name: "order_gross_revenue",
                  label: "Gross revenue",
                  kind: "money",
                },
                { name: "cost_share_of_gross", label: "Share", kind: "share" },
              ],
            })
          : null,
        ...costChange(data, chosen),
        ...liability(data, chosen.currency),
        ...differences(data, chosen),
        ...journalOf(data, chosen),
      ],
    };
  },
};

function costAnswer(row, chosen) {
  if (isNothing(row.cost_share_of_gross)) {
    return (
      `Returns cost ${roundMoney(row.net_cost, chosen.currency)} (${periodName(chosen.period)}); ` +
      "there was no revenue in that period, so there is no share."
    );
  }
  return (
    `Returns cost ${roundMoney(row.net_cost, chosen.currency)} (${periodName(chosen.period)}): ` +
    `${share(row.cost_share_of_gross)} of ${roundMoney(row.order_gross_revenue, chosen.currency)} gross revenue.`
  );
}

function drillDownCost(row, chosen) {
  const heading = `Orders behind: net cost, ${periodName(row.period)}`;
  if (chosen.basis === "return") {
    return {
      heading,
      from: "returns",
      test: (one) =>
        one.is_realised_return &&
        // As in the mart, an open return counts in the period in which it started.
        inPeriod(one.return_closed_date ?? one.return_date, row.period) &&
        one.currency_code === row.currency_code,
    };
  }
  return {
    heading,
    from: "orders",
    test: (one) =>
      one.is_cost_cohort_order &&
      inPeriod(one.order_date, row.period) &&
      one[chosen.form] !== 0 &&
      one.currency_code === row.currency_code &&
      (chosen.maturity === "to_date" || one.is_mature),
  };
}
