import { stepCurves } from "../charts/curve.js";
import { intervalBars } from "../charts/intervals.js";
import { legend } from "../charts/scales.js";
import { trend } from "../charts/trend.js";
import { chosenOnly, different, where } from "../data.js";
import { figure, html } from "../elements.js";
import {
  between,
  count,
  list,
  outcomeColour,
  outcomeName,
  periodName,
  points,
  share,
  outcomeShape,
} from "../format.js";
import {
  defined,
  filter,
  flagsOf,
  note,
  outcomesInOrder,
  periodFilter,
  scope,
  warning,
} from "./parts/common.js";
import { table } from "../table.js";

export const repurchasePage = {
  name: "repurchase",
  menu: "Repurchase",
  question: "Do customers who exchange buy again more often than those who refund?",
  needs: ["retention", "retention_periods", "repurchase_comparison", "repurchase_curve", "periods"],
  filters: (data) => [
    periodFilter(data, "all"),
    filter(
      "outcome",
      "Outcome",
      [
        ["all", "all outcomes"],
        ...different(data.retention, "outcome_group").map((o) => [o, outcomeName(o)]),
      ],
      "all",
    ),
  ],
  show(data, chosen) {
    const all = chosen.period === "all";
    const period = all ? data.retention : where(data.retention_periods, { period: chosen.period });
    const rows = where(period, chosenOnly("outcome_group", chosen.outcome));
    if (!rows.length)
      return { answer: "No customer made a first return in this period.", parts: [] };
    return {
      answer: repurchaseAnswer(period, all ? data.repurchase_comparison : []),
      parts: [
        scope(
          all ? "repurchase_rate_90d" : "repurchase_rate_90d_by_period",
          "Customers by the outcome of their first return; only those whose 90-day window has ended. " +
            `An association, not an effect: people choose their outcome.${all ? "" : " The customers behind a figure are listed for all time."}`,
        ),
        rows.some((row) => row.immature_customers > 0)
          ? warning(
              `Not yet counted, because their 90-day window has not ended: ${list(
                rows
                  .filter((row) => row.immature_customers > 0)
                  .map(
                    (row) => `${count(row.immature_customers)} (${outcomeName(row.outcome_group)})`,
                  ),
              )}.`,
            )
          : null,
        rows.some((row) => row.mature_customers > 0)
          ? figure(
              "Bought again within 90 days",
              rows
                .map(
                  (row) => `${outcomeName(row.outcome_group)}: ${share(row.repurchase_rate_90d)}`,
                )
                .join("; "),
              intervalBars(
                rows
                  .filter((row) => row.mature_customers > 0)
                  .map((row) => ({
                    label: outcomeName(row.outcome_group),
                    value: row.repurchase_rate_90d,
                    lower: row.repurchase_rate_90d_lower,
                    upper: row.repurchase_rate_90d_upper,
                    colour: outcomeColour(row.outcome_group),
                    hollow: !row.is_ranked,
                  })),
              ),
              rows.some((row) => !row.is_ranked)
                ? "Hollow bars have too few customers to be compared."
                : null,
            )
          : null,
        all ? repurchaseCurve(data, chosen) : null,
        retentionTrend(data, chosen),
        table({
          caption: `Repurchase after 90 days, ${periodName(chosen.period)}`,
          file: "repurchase",
          rows,
          flags: flagsOf,
          columns: retentionColumns(all),
        }),
        ...(all ? comparison(data, chosen) : []),
        all ? curveTable(data, chosen) : null,
      ],
    };
  },
};

/** Customers are listed only over all time: a period counts the first return within it. */
function retentionColumns(all) {
  const listed = (name, label, test) => ({
    name,
    label,
    kind: "count",
    drillDown: (row) =>
      all &&
      !row.is_baseline && {
        heading: `${label}: ${outcomeName(row.outcome_group)}`,
        from: "first_returns",
        test: (one) => one.outcome_group === row.outcome_group && test(one),
      },
  });
  return [
    { name: "outcome_group", label: "First return", show: outcomeName },
    listed("index_customers", "Customers", () => true),
    listed("mature_customers", "90 days over", (one) => one.is_window_observed),
    listed(
      "repurchased_customers",
      "Bought again",
      (one) => one.is_window_observed && one.has_repurchased,
    ),
    { name: "repurchase_rate_90d", label: "Rate", kind: "share" },
    { name: "repurchase_rate_90d_lower", label: "At least", kind: "share" },
    { name: "repurchase_rate_90d_upper", label: "At most", kind: "share" },
    ...(all
      ? [
          { name: "repurchase_rate_90d_km", label: "With running windows", kind: "share" },
          { name: "repurchase_new_money_rate", label: "Paid new money", kind: "share" },
          { name: "second_return_rate", label: "Returned again", kind: "share" },
          {
            name: "median_days_to_repurchase",
            label: "Median days to it",
            kind: "count",
          },
        ]
      : []),
  ];
}

/**
 * Whether customers who first exchanged buy again more often than those who took a refund.
 *
 * Both are compared with customers of the same history where such a comparison is given,
 * because outcomes are chosen by customers of different histories.
 */
function repurchaseAnswer(rows, compared) {
  const both = (from) => ["exchange", "refund"].map((o) => where(from, { outcome_group: o })[0]);
  const [exchange, refund] = both(rows);
  if (!exchange?.is_ranked || !refund?.is_ranked) {
    return "This question cannot be answered for this period: there are too few customers whose 90-day window has ended.";
  }
  const likeForLike = both(compared);
  const isCompared = likeForLike.every((row) => row?.is_ranked);
  const [lower, upper] = isCompared
    ? differenceBounds(...likeForLike, "repurchase_difference_90d")
    : differenceBounds(exchange, refund, "repurchase_rate_90d");
  const verdict = lower > 0 ? "Yes" : upper < 0 ? "No, less often" : "No clear difference";
  const described = (row) =>
    between(row.repurchase_rate_90d, row.repurchase_rate_90d_lower, row.repurchase_rate_90d_upper);
  const [exchanged, refunded] = likeForLike.map((row) => isCompared && difference(row));
  return (
    `${verdict}: within 90 days, ${described(exchange)} of those who first exchanged bought again, ` +
    `and ${described(refund)} of those who took a refund.${
      isCompared
        ? ` Compared with customers of the same history without a return, that is ${exchanged} for an exchange and ${refunded} for a refund.`
        : ""
    }`
  );
}

/** Newcombe's 95% interval of the difference of two figures with intervals. */
function differenceBounds(one, other, name) {
  const [value, lower, upper] = [name, `${name}_lower`, `${name}_upper`];
  const middle = one[value] - other[value];
  return [
    middle - Math.hypot(one[value] - one[lower], other[upper] - other[value]),
    middle + Math.hypot(one[upper] - one[value], other[value] - other[lower]),
  ];
}

/** A difference with its bounds. */
const difference = (row) =>
  `${points(row.repurchase_difference_90d)} (${points(row.repurchase_difference_90d_lower)} to ` +
  `${points(row.repurchase_difference_90d_upper)})`;

/** Customers beside others who had the same history and returned nothing. */
function comparison(data, chosen) {
  const rows = where(data.repurchase_comparison, chosenOnly("outcome_group", chosen.outcome));
  if (!rows.length) return [];
  return [
    html("h2", {}, "And compared with customers who returned nothing?"),
    note(
      "On the day of the return, each customer is compared with customers who placed an order of the " +
        "same index and value as many days before, and had returned nothing.",
      "repurchase_difference_90d",
    ),
    table({
      caption: "Bought again within 90 days, compared with customers without a return",
      file: "repurchase-comparison",
      rows,
      flags: flagsOf,
      columns: [
        { name: "outcome_group", label: "First return", show: outcomeName },
        { name: "matched_customers", label: "Customers", kind: "count" },
        { name: "repurchased_customers", label: "Bought again", kind: "count" },
        { name: "repurchase_rate_matched", label: "Rate", kind: "share" },
        { name: "repurchase_rate_expected", label: "Without a return", kind: "share" },
        { name: "repurchase_difference_90d", label: "Difference", kind: "points" },
        { name: "repurchase_difference_90d_lower", label: "At least", kind: "points" },
        { name: "repurchase_difference_90d_upper", label: "At most", kind: "points" },
      ],
    }),
  ];
}

const CURVES_DRAWN = ["exchange", "refund", "credit"];

/** The share that has bought again by each day; customers whose 90-day window has not ended count until the end of the data. */
function repurchaseCurve(data, chosen) {
  const drawn = chosen.outcome === "all" ? CURVES_DRAWN : [chosen.outcome];
  const curves = drawn
    .map((outcome) => [outcome, where(data.repurchase_curve, { outcome_group: outcome })])
    .filter(([, rows]) => rows.length);
  if (!curves.length) return null;
  const few = (outcome) =>
    where(data.retention, { outcome_group: outcome, is_ranked: false }).length > 0;
  const series = curves.map(([outcome, rows]) => ({
    name: outcomeName(outcome),
    colour: outcomeColour(outcome),
    hollow: few(outcome),
    points: rows.map((row) => ({
      day: row.days_since_return,
      value: row.repurchase_share,
      lower: row.share_lower,
      upper: row.share_upper,
    })),
  }));
  const ends = curves.map(
    ([outcome, rows]) => `${outcomeName(outcome)} ${share(rows[rows.length - 1].repurchase_share)}`,
  );
  return html(
    "div",
    {},
    legend(curves.map(([o]) => [outcomeColour(o), outcomeName(o)])),
    figure(
      "Bought again by day",
      `At the end of the window: ${list(ends)}`,
      stepCurves(series),
      html(
        "span",
        {},
        "An estimate (",
        defined("repurchase_share"),
        "): customers whose 90-day window has not ended count up to the " +
          "last day of the data. Bands are 95% intervals.",
        curves.some(([o]) => few(o)) ? " Dashed: few customers." : "",
      ),
    ),
  );
}

/** The figures of the curves, day by day. */
function curveTable(data, chosen) {
  const rows = where(data.repurchase_curve, chosenOnly("outcome_group", chosen.outcome));
  return rows.length
    ? table({
        caption: "Bought again by day",
        file: "repurchase-by-day",
        rows,
        columns: [
          { name: "outcome_group", label: "First return", show: outcomeName },
          { name: "days_since_return", label: "Day", kind: "count" },
          { name: "customers_at_risk", label: "Customers at risk", kind: "count" },
          { name: "repurchase_share", label: "Bought again", kind: "share" },
          { name: "share_lower", label: "At least", kind: "share" },
          { name: "share_upper", label: "At most", kind: "share" },
        ],
      })
    : null;
}

function retentionTrend(data, chosen) {
  const quarters = where(data.retention_periods, { period_type: "quarter" }).filter(
    (row) =>
      row.mature_customers > 0 &&
      (chosen.outcome === "all"
        ? ["exchange", "refund", "credit"].includes(row.outcome_group)
        : row.outcome_group === chosen.outcome),
  );
  const periods = different(quarters, "period");
  if (periods.length < 2) return null;
  const outcomes = outcomesInOrder(different(quarters, "outcome_group"));
  const series = outcomes.map((outcome) => ({
    name: outcomeName(outcome),
    shape: outcomeShape(outcome),
    colour: outcomeColour(outcome),
    points: new Map(
      where(quarters, { outcome_group: outcome }).map((row) => [
        row.period,
        {
          value: row.repurchase_rate_90d,
          lower: row.repurchase_rate_90d_lower,
          upper: row.repurchase_rate_90d_upper,
          few: !row.is_ranked,
          hollow: !row.is_ranked || !row.is_period_mature,
        },
      ]),
    ),
  }));
  return html(
    "div",
    {},
    legend(outcomes.map((o) => [outcomeColour(o), outcomeName(o)])),
    figure(
      "By quarter of the return",
      "To see the figures of a quarter in the table, choose the quarter.",
      trend(periods, series),
      "Hollow: there are few customers, or the 90-day window of some has not ended.",
    ),
  );
}
