import { legend } from "../charts/scales.js";
import { shareBars } from "../charts/shares.js";
import { different, inPeriod, where } from "../data.js";
import { figure } from "../elements.js";
import {
  between,
  count,
  counted,
  list,
  money,
  outcomeColour,
  outcomeName,
  periodName,
  roundMoney,
} from "../format.js";
import {
  MATURITIES,
  currencyFilter,
  filter,
  outcomesInOrder,
  periodFilter,
  scope,
  onlyUsual,
} from "./parts/common.js";
import { crossedRows, crossings, isCrossed, passes, unitShares } from "./parts/crossed.js";
import { table } from "../table.js";

const UNITS_OF_COUNT = [
  ["outcome_share_returns", "returns"],
  ["outcome_share_units", "returned units"],
  ["outcome_share_value", "returned value"],
];
const UNITS = "outcome_share_units";
const CROSSED = ["category", "channel", "country"];
const ONE = { outcome_share_returns: "return", outcome_share_units: "returned unit" };

export const outcomesPage = {
  name: "outcomes",
  menu: "Outcomes",
  question: "What share of returns becomes an exchange, a refund or credit?",
  needs: ["outcomes", "unit_outcomes", "currencies", "periods", "through"],
  sums: {
    outcomes: {
      by: ["metric_name", "date_basis", "stage", "maturity", "currency_code", "outcome"],
      add: ["numerator"],
      share: "share",
      part: "numerator",
      whole: "denominator",
      within: {
        denominator: ["metric_name", "date_basis", "stage", "maturity", "currency_code"],
      },
    },
  },
  filters: (data, chosen) =>
    [
      periodFilter(data, "all"),
      isCrossed(chosen, CROSSED)
        ? filter("unit", "Count", where(UNITS_OF_COUNT, { 0: UNITS }), UNITS)
        : filter("unit", "Count", UNITS_OF_COUNT, "outcome_share_returns"),
      filter(
        "basis",
        "Period of",
        [
          ["return", "the return"],
          ["order", "the first order"],
        ],
        "return",
      ),
      filter(
        "stage",
        "Returns",
        [
          ["initiated", "all that count"],
          ["realised", "money or goods moved"],
        ],
        "initiated",
      ),
      filter("maturity", "Orders", MATURITIES, "to_date"),
      chosen.unit === "outcome_share_value" && !isCrossed(chosen, CROSSED)
        ? currencyFilter(data.outcomes, data.currencies)
        : null,
      ...crossings(data.unit_outcomes, CROSSED),
    ].filter(Boolean),
  filtersWithoutOrders: (data, chosen) =>
    onlyUsual(outcomesPage.filters(data, chosen), ["basis", "maturity", "category", "channel"]),
  showWithoutOrders: (data, chosen) => outcomesPage.show(data, chosen),
  show(data, chosen) {
    const byValue = chosen.unit === "outcome_share_value";
    const kept = isCrossed(chosen, CROSSED)
      ? crossedOutcomes(data, chosen)
      : where(data.outcomes, {
          metric_name: chosen.unit,
          date_basis: chosen.basis,
          stage: chosen.stage,
          maturity: chosen.maturity,
          ...(byValue ? { currency_code: chosen.currency } : {}),
        });
    const rows = where(kept, { period: chosen.period });
    if (!rows.length) return { answer: NO_RETURNS[chosen.maturity], parts: [] };
    const whole = byValue
      ? `${money(rows[0].denominator, chosen.currency)} of returned value`
      : counted(rows[0].denominator, ONE[chosen.unit]);
    const described = rows.map(
      (row, place) =>
        `${between(row.share, row.share_lower, row.share_upper)} ` +
        `${place ? "" : "became "}${OUTCOME_ENDS[row.outcome] ?? row.outcome}`,
    );
    const wholeOf = (one) => (byValue ? roundMoney(one, chosen.currency) : count(one));
    return {
      answer: `Of ${whole}, ${list(described)}.`,
      parts: [
        scope(
          chosen.unit,
          `Ranges are 95% intervals.${byValue ? " Sums of money have no interval." : ""} ` +
            "With a category, channel or country, returned units are counted, because one return can hold several categories.",
        ),
        legend(
          outcomesInOrder(different(kept, "outcome")).map((o) => [
            outcomeColour(o),
            outcomeName(o),
          ]),
        ),
        figure(
          "Outcomes by quarter",
          described.join("; "),
          shareBars(outcomeBars(kept, wholeOf)),
          byValue
            ? "On the right: the returned value of each bar."
            : `On the right: the number of ${ONE[chosen.unit]}s in each bar; with few of them, shares are uncertain.`,
        ),
        table({
          caption: `Outcomes, ${periodName(chosen.period)}`,
          file: "outcomes",
          rows,
          columns: [
            { name: "outcome", label: "Outcome", show: outcomeName },
            {
              name: "numerator",
              label: byValue ? "Value" : "Count",
              kind: byValue ? "money" : "count",
              drillDown: (row) => drillDownOutcome(row, chosen),
            },
            { name: "share", label: "Share", kind: "share" },
            { name: "share_lower", label: "At least", kind: "share" },
            { name: "share_upper", label: "At most", kind: "share" },
          ],
        }),
      ],
    };
  },
};

const NO_RETURNS = {
  to_date: "No return counts in this period.",
  mature_only:
    "No return in this period belongs to a mature order. To filter by mature orders, set “Period of” to " +
    "“the first order”.",
};

const OUTCOME_ENDS = {
  exchange: "an exchange",
  refund: "a refund",
  credit: "store credit",
  mixed: "a mixture of these",
  none: "no outcome so far",
  unresolved: "an unknown outcome",
};

/** Shares of the units that pass the filters, in the chosen period, all time and each quarter. */
function crossedOutcomes(data, chosen) {
  const fitting = where(data.unit_outcomes, { date_basis: chosen.basis }).filter(
    (row) =>
      (chosen.stage === "initiated" || row.is_realised_return) &&
      (chosen.maturity === "to_date" || row.is_mature),
  );
  return data.periods
    .filter((one) => one.period === chosen.period || ["all", "quarter"].includes(one.period_type))
    .flatMap(({ period, period_type }) =>
      unitShares(crossedRows(fitting, { ...chosen, period }, CROSSED), {
        by: ["outcome"],
        share: "share",
        whole: "denominator",
      }).map((row) => Object.assign(row, { period, period_type, numerator: row.returned_units })),
    );
}

/** One bar for every quarter and one for all time. */
function outcomeBars(rows, wholeOf) {
  const periods = [
    "all",
    ...different(where(rows, { period_type: "quarter" }), "period").toReversed(),
  ];
  return periods.map((period) => {
    const parts = where(rows, { period });
    return {
      label: periodName(period),
      whole: wholeOf(parts[0].denominator),
      parts: outcomesInOrder(parts.map((part) => part.outcome)).map((outcome) => ({
        name: outcomeName(outcome),
        value: where(parts, { outcome })[0].share,
        colour: outcomeColour(outcome),
      })),
    };
  });
}

function drillDownOutcome(row, chosen) {
  const day = chosen.basis === "order" ? "root_order_date" : "return_date";
  const fits = (one) =>
    inPeriod(one[day], chosen.period) &&
    (chosen.basis === "return" || one.is_in_order_cohort) &&
    (chosen.stage === "initiated" || one.is_realised_return) &&
    (chosen.maturity === "to_date" || one.is_order_mature) &&
    passes(one, chosen, CROSSED);
  const amount = {
    refund: "refund_amount",
    exchange: "exchanged_value",
    credit: "gift_card_amount",
  };
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
