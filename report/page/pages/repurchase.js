const repurchasePage = {
  name: "repurchase",
  menu: "Repurchase",
  question: "Do customers who exchange buy again more often than those who refund?",
  needs: ["retention", "retention_periods", "periods"],
  welcome: ["curve"],
  filters: (data) => [periodFilter(data.periods, "all"),
    filter("outcome", "Outcome", [["all", "all outcomes"],
      ...different(data.retention, "outcome_group").map((o) => [o, outcomeName(o)])], "all")],
  show(data, chosen) {
    const all = chosen.period === "all";
    const rows = (all ? data.retention : where(data.retention_periods, { period: chosen.period }))
      .filter((row) => chosen.outcome === "all" || row.outcome_group === chosen.outcome);
    if (!rows.length) return { answer: "No customer made a first return in this period.", parts: [] };
    return {
      answer: repurchaseAnswer(all ? data.retention : where(data.retention_periods, { period: chosen.period })),
      parts: [
        scope(all ? "repurchase_rate_90d" : "repurchase_rate_90d_by_period",
          "Customers by the outcome of their first return; only those whose 90 days are over. "
          + "An association, not an effect: people choose their outcome."),
        rows.some((row) => row.immature_customers > 0) ? warning(
          `Not yet counted, because their 90 days are running: ${list(rows
            .filter((row) => row.immature_customers > 0)
            .map((row) => `${count(row.immature_customers)} (${outcomeName(row.outcome_group)})`))}.`) : null,
        figure("Bought again within 90 days", rows.map((row) =>
          `${outcomeName(row.outcome_group)}: ${share(row.repurchase_rate_90d)}`).join("; "),
        intervalBars(rows.filter((row) => row.mature_customers > 0).map((row) => ({
          label: outcomeName(row.outcome_group), value: row.repurchase_rate_90d,
          lower: row.repurchase_rate_90d_lower, upper: row.repurchase_rate_90d_upper,
          colour: outcomeColour(row.outcome_group), hollow: !row.is_ranked,
        }))), rows.some((row) => !row.is_ranked) ? "Hollow bars have too few customers to be compared." : null),
        all ? repurchaseCurve(data.curve, chosen) : null,
        retentionTrend(data, chosen),
        table({
          caption: `Repurchase after 90 days, ${periodName(chosen.period)}`, file: "repurchase",
          rows, flags: flagsOf, columns: all ? [...RETENTION.slice(0, 2), MATURE(chosen, false),
            MATURE(chosen, true), ...RETENTION.slice(2), ...RETENTION_ALL]
            : [...RETENTION.slice(0, 2), { name: "mature_customers", label: "90 days over", kind: "count" },
              { name: "repurchased_customers", label: "Bought again", kind: "count" }, ...RETENTION.slice(2)],
        }),
      ],
    };
  },
};

const RETENTION = [
  { name: "outcome_group", label: "First return", show: outcomeName },
  { name: "index_customers", label: "Customers", kind: "count" },
  { name: "repurchase_rate_90d", label: "Rate", kind: "share" },
  { name: "repurchase_rate_90d_lower", label: "At least", kind: "share" },
  { name: "repurchase_rate_90d_upper", label: "At most", kind: "share" },
];
const RETENTION_ALL = [
  { name: "repurchase_rate_90d_km", label: "Estimate with running windows", kind: "share" },
  { name: "repurchase_new_money_rate", label: "With new money", kind: "share" },
  { name: "second_return_rate", label: "Returned again", kind: "share" },
  { name: "median_days_to_repurchase", label: "Half of them by day", kind: "count" },
];
const MATURE = (chosen, bought) => ({
  name: bought ? "repurchased_customers" : "mature_customers",
  label: bought ? "Bought again" : "90 days over", kind: "count",
  behind: (row) => !row.is_baseline && {
    heading: `${bought ? "Bought again" : "90 days over"}: ${outcomeName(row.outcome_group)}`,
    from: "customers",
    test: (one) => one.outcome_group === row.outcome_group && one.is_window_observed
      && (!bought || one.has_repurchased),
  },
});

function repurchaseAnswer(rows) {
  const [exchange] = where(rows, { outcome_group: "exchange" });
  const [refund] = where(rows, { outcome_group: "refund" });
  if (!exchange?.is_ranked || !refund?.is_ranked) {
    return "This cannot be said for this period: too few customers whose 90 days are over.";
  }
  const told = (row) =>
    between(row.repurchase_rate_90d, row.repurchase_rate_90d_lower, row.repurchase_rate_90d_upper);
  const apart = exchange.repurchase_rate_90d_lower > refund.repurchase_rate_90d_upper ? "Yes"
    : exchange.repurchase_rate_90d_upper < refund.repurchase_rate_90d_lower ? "No, less often"
      : "It cannot be told; the ranges overlap";
  return `${apart}: within 90 days, ${told(exchange)} of those who first exchanged bought again, `
    + `and ${told(refund)} of those who took a refund.`;
}

const CURVES_DRAWN = ["exchange", "refund", "credit", "no return"];

/** The share that has bought again by each day; running windows are used as far as they go. */
function repurchaseCurve(rows, chosen) {
  if (!rows.length) {
    return make("p", { class: "note" }, "There is no curve by day: this warehouse has no rpt_repurchase_curve.");
  }
  const outcomes = chosen.outcome === "all"
    ? CURVES_DRAWN.filter((outcome) => where(rows, { outcome_group: outcome }).length) : [chosen.outcome];
  const series = outcomes.map((outcome) => ({
    colour: outcomeColour(outcome),
    points: where(rows, { outcome_group: outcome }).map((row) => ({
      day: row.days_since_return, value: row.repurchase_rate_km,
      lower: row.repurchase_rate_km_lower, upper: row.repurchase_rate_km_upper,
    })),
  })).filter((one) => one.points.length);
  if (!series.length) return null;
  const ends = outcomes.map((outcome) => {
    const own = where(rows, { outcome_group: outcome });
    return `${outcomeName(outcome)} ${share(own[own.length - 1]?.repurchase_rate_km)}`;
  });
  return make("div", {}, key(outcomes.map((o) => [outcomeColour(o), outcomeName(o)])),
    figure("Bought again by day", `At the end of the window: ${list(ends)}`, stepCurves(series),
      "An estimate (Kaplan-Meier): customers whose 90 days are running count as far as they go. Bands are 95% intervals."));
}

function retentionTrend(data, chosen) {
  const quarters = where(data.retention_periods, { period_type: "quarter" })
    .filter((row) => row.mature_customers > 0
      && (chosen.outcome === "all" ? ["exchange", "refund", "credit"].includes(row.outcome_group)
        : row.outcome_group === chosen.outcome));
  const periods = different(quarters, "period");
  if (periods.length < 2) return null;
  const outcomes = outcomesInOrder(different(quarters, "outcome_group"));
  const series = outcomes.map((outcome) => ({
    colour: outcomeColour(outcome),
    points: new Map(where(quarters, { outcome_group: outcome }).map((row) => [row.period, {
      value: row.repurchase_rate_90d, lower: row.repurchase_rate_90d_lower,
      upper: row.repurchase_rate_90d_upper, few: !row.is_ranked,
      hollow: !row.is_ranked || !row.is_period_mature,
    }])),
  }));
  return make("div", {}, key(outcomes.map((o) => [outcomeColour(o), outcomeName(o)])),
    figure("By quarter of the return", "The figures of each quarter are in the table when the quarter is chosen.",
      trend(periods, series), "Hollow: few customers, or some of them still within their 90 days."));
}
