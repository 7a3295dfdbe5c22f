const UNITS_OF_COUNT = [
  ["outcome_share_returns", "returns"],
  ["outcome_share_units", "returned units"],
  ["outcome_share_value", "returned value"],
];

const outcomesPage = {
  name: "outcomes",
  menu: "Outcomes",
  question: "What share of returns becomes an exchange, a refund or credit?",
  needs: ["outcomes", "periods", "flows"],
  filters: (data) => [
    periodFilter(data.periods, "all"),
    filter("unit", "Count", UNITS_OF_COUNT, "outcome_share_returns"),
    filter("basis", "Period of", [["return", "the return"], ["order", "the first order"]], "return"),
    filter("stage", "Returns", [["initiated", "all that count"], ["realised", "money or goods moved"]], "initiated"),
    filter("maturity", "Orders", MATURITIES, "to_date"),
    currencyFilter(data.outcomes),
  ],
  show(data, chosen) {
    const byValue = chosen.unit === "outcome_share_value";
    const kept = where(data.outcomes, {
      metric_name: chosen.unit, date_basis: chosen.basis, stage: chosen.stage,
      maturity: chosen.maturity, ...(byValue ? { currency_code: chosen.currency } : {}),
    });
    const rows = where(kept, { period: chosen.period });
    if (!rows.length) return { answer: NO_RETURNS[chosen.maturity], parts: flowsOf(data, chosen) };
    const whole = byValue ? `${money(rows[0].denominator, chosen.currency)} of returned value`
      : `${count(rows[0].denominator)} ${Object.fromEntries(UNITS_OF_COUNT)[chosen.unit]}`;
    const told = rows.map((row) =>
      `${between(row.share, row.share_lower, row.share_upper)} ${OUTCOME_ENDS[row.outcome] ?? row.outcome}`);
    const bars = shareBars(outcomeBars(kept), {});
    return {
      answer: `This became of ${whole}: ${list(told)}.`,
      parts: [
        scope(chosen.unit, `Ranges are 95% intervals.${byValue ? " Sums of money have none." : ""}`),
        key(outcomesInOrder(different(kept, "outcome")).map((o) => [outcomeColour(o), outcomeName(o)])),
        figure("Outcomes by quarter", told.join("; "), bars),
        table({
          caption: `Outcomes, ${periodName(chosen.period)}`, file: "outcomes", rows,
          columns: [
            { name: "outcome", label: "Outcome", show: outcomeName },
            { name: "numerator", label: byValue ? "Value" : "Count", kind: byValue ? "money" : "count",
              behind: (row) => behindOutcome(row, chosen) },
            { name: "share", label: "Share", kind: "share" },
            { name: "share_lower", label: "At least", kind: "share" },
            { name: "share_upper", label: "At most", kind: "share" },
          ],
        }),
        ...flowsOf(data, chosen),
      ],
    };
  },
};

const NO_RETURNS = {
  to_date: "No return counts in this period.",
  mature_only: "No return of an order old enough to be judged counts in this period; by period of "
    + "the return there is no such reading.",
};

const OUTCOME_ENDS = {
  exchange: "an exchange", refund: "a refund", credit: "store credit",
  mixed: "a mixture of these", none: "nothing so far", unresolved: "something that cannot be told",
};

/** One bar for every quarter and one for all time. */
function outcomeBars(rows) {
  const periods = ["all", ...different(where(rows, { period_type: "quarter" }), "period").reverse()];
  return periods.map((period) => {
    const parts = where(rows, { period });
    return {
      label: periodName(period),
      parts: outcomesInOrder(parts.map((part) => part.outcome)).map((outcome) => ({
        value: where(parts, { outcome })[0].share, colour: outcomeColour(outcome),
      })),
    };
  });
}

function behindOutcome(row, chosen) {
  const day = chosen.basis === "order" ? "root_order_date" : "return_date";
  const fits = (one) => inPeriod(one[day], chosen.period)
    && (chosen.basis === "return" || one.is_in_order_cohort)
    && (chosen.stage === "initiated" || one.is_realised_return)
    && (chosen.maturity === "to_date" || one.is_order_mature);
  const amount = { refund: "refund_amount", exchange: "exchanged_value", credit: "gift_card_amount" };
  const tests = {
    outcome_share_returns: (one) => one.outcome_group === row.outcome,
    outcome_share_units: (one) => one.line_outcome === row.outcome,
    outcome_share_value: (one) =>
      one.currency_code === chosen.currency && one[amount[row.outcome]] !== 0,
  };
  return {
    heading: `Returns behind: ${outcomeName(row.outcome)}, ${periodName(chosen.period)}`,
    from: chosen.unit === "outcome_share_units" ? "units" : "returns",
    test: (one) => fits(one) && tests[chosen.unit](one),
  };
}

const FLOWS_DRAWN = 14;
const FLOW_COLOURS = { "other variant": "exchange", "same variant": "mixed", "other product": "credit" };

/** What was taken instead of what was sent back. */
function flowsOf(data, chosen) {
  const rows = where(data.flows, { period: chosen.period });
  if (!rows.length) return [];
  const paired = rows.filter((row) => row.flow_kind !== "not paired");
  const unpaired = rows.filter((row) => row.flow_kind === "not paired");
  const drawn = paired.slice(0, FLOWS_DRAWN).map((row) => ({
    from: row.from_sku ?? row.from_variant_id, to: row.to_sku ?? row.to_variant_id,
    value: row.exchanged_units, colour: FLOW_COLOURS[row.flow_kind],
  }));
  const told = drawn.slice(0, 3).map((flow) => `${flow.from} to ${flow.to}: ${count(flow.value)}`);
  return [
    make("h2", {}, "From which variant to which?"),
    drawn.length ? make("p", {}, `Most often ${list(told)} units.`) : null,
    scope("exchange_flow_share", "Always by period of the return. Items that cannot be told "
      + "apart within a return are “not paired” and only in the table."),
    drawn.length ? key([["exchange", "another variant"], ["credit", "another product"],
      ["mixed", "the same variant"]]) : null,
    drawn.length ? figure(`The ${count(drawn.length)} largest flows`, told.join("; "), flowRibbons(drawn), "Units stand on the ribbons.") : null,
    table({
      caption: `Flows of exchanges, ${periodName(chosen.period)}`, file: "exchange-flows", rows: [...paired, ...unpaired],
      columns: [
        { name: "from_sku", label: "From" },
        { name: "to_sku", label: "To" },
        { name: "flow_kind", label: "Kind" },
        { name: "exchanged_units", label: "Units", kind: "count" },
        { name: "from_units", label: "Of units exchanged from it", kind: "count" },
        { name: "exchange_flow_share", label: "Share", kind: "share" },
        { name: "returned_again_units", label: "Came back again", kind: "count" },
      ],
    }),
  ].filter(Boolean);
}
