import { ifHollow } from "../charts/scales.js";
import { trend } from "../charts/trend.js";
import { inPeriod, where } from "../data.js";
import { figure } from "../elements.js";
import { isNothing, periodName, roundMoney, share } from "../format.js";
import {
  MATURITIES,
  currencyFilter,
  filter,
  flagsOf,
  immatureNote,
  periodFilter,
  scope,
  warning,
} from "./common.js";
import { table } from "../table.js";

const COST_FORMS = [
  ["net_return_cost", "refund + credit − paid on top"],
  ["net_return_cost_cash", "refund − paid on top"],
  ["net_return_cost_landed", "with labels and bonus credit"],
];
const COST_BASES = [
  ["return", "the closing of the return"],
  ["order", "the first order"],
];

export const costPage = {
  name: "cost",
  menu: "Cost",
  question: "What do returns cost, as a share of gross revenue?",
  needs: ["cost", "periods", "through"],
  filters: (data) => [
    periodFilter(data.periods, "all"),
    filter("form", "Cost", COST_FORMS, "net_return_cost"),
    filter("basis", "Period of", COST_BASES, "return"),
    filter("maturity", "Orders", MATURITIES, "to_date"),
    currencyFilter(data.cost),
  ],
  show(data, chosen) {
    const kept = where(data.cost, {
      cost_form: chosen.form,
      date_basis: chosen.basis,
      maturity: chosen.maturity,
      currency_code: chosen.currency,
    });
    const [row] = where(kept, { period: chosen.period });
    const quarters = where(kept, { period_type: "quarter" });
    const rows = kept.filter(
      (one) =>
        one.period_type !== "month" ||
        (chosen.period.length === 7 &&
          !chosen.period.includes("Q") &&
          one.period === chosen.period),
    );
    return {
      answer: row
        ? costAnswer(row, chosen)
        : "There is no cost for this choice; orders old enough to be judged are known only by period of the first order.",
      parts: [
        scope(
          `${chosen.form}_pct_gross`,
          chosen.basis === "return"
            ? "Returns closed in the period beside what was sold in it; not a probability."
            : "All that the orders of the period ever cost, exchanges included.",
        ),
        row?.is_period_mature === false && chosen.maturity === "to_date"
          ? warning(immatureNote(data.through[0]))
          : null,
        quarters.length > 1
          ? figure(
              "Cost as a share of gross revenue, by quarter",
              quarters
                .map((one) => `${periodName(one.period)}: ${share(one.cost_share_of_gross)}`)
                .join("; "),
              trend(
                quarters.map((one) => one.period),
                [
                  {
                    colour: "plain",
                    points: new Map(quarters.map((one) => [one.period, costPoint(one)])),
                  },
                ],
              ),
              ifHollow(
                quarters.map(costPoint),
                "Hollow: the quarter is running, or too many of its orders are young.",
              ),
            )
          : null,
        rows.length
          ? table({
              caption: "Net cost of returns",
              file: "net-return-cost",
              rows,
              flags: (one) =>
                [
                  one.is_current_period && one.period !== "all" ? "running" : null,
                  ...(chosen.maturity === "to_date" ? flagsOf(one) : []),
                ].filter(Boolean),
              columns: [
                { name: "period", label: "Period", show: periodName },
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
      ],
    };
  },
};

const costPoint = (row) => ({
  value: row.cost_share_of_gross,
  hollow: row.is_period_mature === false || row.is_current_period,
});

function costAnswer(row, chosen) {
  if (isNothing(row.cost_share_of_gross)) {
    return (
      `Returns cost ${roundMoney(row.net_cost, chosen.currency)} (${periodName(chosen.period)}); ` +
      "nothing was sold in that period to set it beside."
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
        inPeriod(one.return_closed_date, row.period) && one.currency_code === row.currency_code,
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
