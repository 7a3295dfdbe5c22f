import { availableWidth } from "../charts/scales.js";
import { densityBars } from "../charts/density.js";
import { chosenOnly, different, inPeriod, where } from "../data.js";
import { figure, html } from "../elements.js";
import {
  counted,
  isNothing,
  list,
  outcomeColour,
  outcomeName,
  periodName,
  share,
} from "../format.js";
import {
  MATURITIES,
  filter,
  onlyUsual,
  outcomesInOrder,
  periodFilter,
  scope,
  warning,
} from "./parts/common.js";
import { refundSentence, steps } from "./parts/steps.js";
import { nextWeeks } from "./parts/weeks.js";
import { table } from "../table.js";

const CLOCKS = [
  ["days_to_return", "order to return"],
  ["days_to_return_from_root", "first order to return"],
  ["days_return_to_close", "return to closing"],
];

export const timingPage = {
  name: "timing",
  menu: "Timing",
  question: "How does the time from order to return differ by outcome?",
  needs: ["timing", "timing_bands", "durations", "periods", "weeks", "currencies"],
  filters: (data) => [
    periodFilter(data, "all"),
    filter("clock", "Days from", CLOCKS, "days_to_return"),
    filter(
      "outcome",
      "Outcome",
      [
        ["all", "all outcomes"],
        ...outcomesInOrder(different(data.timing, "outcome_group")).map((o) => [o, outcomeName(o)]),
      ],
      "all",
    ),
    filter("maturity", "Orders", MATURITIES, "mature_only"),
  ],
  filtersWithoutOrders: (data) =>
    onlyUsual(timingPage.filters(data), ["clock", "outcome", "maturity"]),
  showWithoutOrders: (data, { period }) => ({
    answer: refundSentence(data.durations, period),
    parts: steps(data.durations, period),
  }),
  show(data, chosen) {
    const wanted = {
      period: chosen.period,
      maturity: chosen.maturity,
      ...chosenOnly("outcome_group", chosen.outcome),
    };
    const rows = where(data.timing, { ...wanted, metric_name: chosen.clock });
    if (!rows.length) {
      return {
        answer: "No return that matches these filters has a known time in this period.",
        parts: steps(data.durations, chosen.period),
      };
    }
    const described = rows.map(
      (row) => `${counted(row.median_days, "day")} (${outcomeName(row.outcome_group)})`,
    );
    return {
      answer:
        `Half of the returns ${chosen.clock === "days_return_to_close" ? "were closed" : "had started"} ` +
        `within ${list(described)}.`,
      parts: [
        scope(
          chosen.clock,
          "By period of the first order. The figures are medians, because a few late returns would shift a mean. " +
            "You cannot filter by channel or category here, because no mart combines these with times.",
        ),
        chosen.maturity === "to_date"
          ? warning(
              "Recent orders cannot have late returns yet: " +
                "to compare outcomes, choose mature orders.",
            )
          : null,
        ...(chosen.clock === "days_to_return" ? densitiesOf(where(data.timing_bands, wanted)) : []),
        table({
          caption: `Days, ${periodName(chosen.period)}`,
          file: "timing",
          rows,
          columns: [
            { name: "outcome_group", label: "Outcome", show: outcomeName },
            {
              name: "return_count",
              label: "Returns",
              kind: "count",
              drillDown: (row) => drillDownTiming(row, chosen),
            },
            { name: "first_quartile_days", label: "A quarter by day", kind: "count" },
            { name: "median_days", label: "Half by day", kind: "count" },
            {
              name: "third_quartile_days",
              label: "Three quarters by day",
              kind: "count",
            },
            { name: "share_within_7_days", label: "Within 7 days", kind: "share" },
            { name: "share_within_14_days", label: "Within 14", kind: "share" },
            { name: "share_within_28_days", label: "Within 28", kind: "share" },
          ],
        }),
        chosen.clock === "days_to_return"
          ? table({
              caption: `Bands of days, ${periodName(chosen.period)}`,
              file: "timing-bands",
              rows: where(data.timing_bands, wanted),
              columns: [
                { name: "return_week_bucket", label: "Band" },
                { name: "outcome_group", label: "Outcome", show: outcomeName },
                {
                  name: "return_count",
                  label: "Returns",
                  kind: "count",
                  drillDown: (row) => drillDownTiming(row, chosen, row.return_week_bucket),
                },
                {
                  name: "return_week_bucket_share",
                  label: "Share of the outcome",
                  kind: "share",
                },
                {
                  name: "return_week_bucket_share_lower",
                  label: "At least",
                  kind: "share",
                },
                {
                  name: "return_week_bucket_share_upper",
                  label: "At most",
                  kind: "share",
                },
              ],
            })
          : null,
        ...steps(data.durations, chosen.period),
        ...nextWeeks(data),
      ],
    };
  },
};

/** A histogram for each outcome; on a phone they are below one another. */
function densitiesOf(rows) {
  if (!rows.length) return [];
  const drawn = rows.filter((row) => row.outcome_group !== "none");
  const outcomes = outcomesInOrder(different(drawn, "outcome_group"));
  const bands = drawn.map(bandOf);
  const columns = availableWidth() > 700 && outcomes.length > 1 ? 2 : 1;
  const width = columns === 2 ? (availableWidth() - 32) / 2 : availableWidth();
  const note =
    "Height: share of the outcome's returns per day, so that the area of a bar is its share; " +
    "bands differ in length, and the last one has no end. Lines are 95% intervals.";
  return [
    html(
      "div",
      { class: "panels" },
      outcomes.map((outcome) =>
        densityFigure(outcome, where(drawn, { outcome_group: outcome }), bands, width),
      ),
    ),
    html("p", { class: "note" }, note),
  ];
}

function densityFigure(outcome, rows, all, width) {
  const described = rows.map(
    (row) => `${row.return_week_bucket}: ${share(row.return_week_bucket_share)}`,
  );
  return figure(
    `${outcomeName(outcome)}, ${counted(rows[0].group_return_count, "return")}`,
    described.join("; "),
    densityBars(rows.map(bandOf), outcomeColour(outcome), all, width),
  );
}

/** A band with its first and last day, read from a name such as "8-14 days" or "91+ days". */
function bandOf(row) {
  const [first, last] = row.return_week_bucket.match(/\d+/g).map(Number);
  return {
    label: row.return_week_bucket,
    first,
    last: last ?? null,
    value: row.return_week_bucket_share,
    lower: row.return_week_bucket_share_lower,
    upper: row.return_week_bucket_share_upper,
  };
}

function drillDownTiming(row, chosen, band) {
  return {
    heading:
      `Returns behind: ${outcomeName(row.outcome_group)}${band ? `, ${band}` : ""}, ` +
      periodName(chosen.period),
    from: "returns",
    test: (one) =>
      one.outcome_group === row.outcome_group &&
      !isNothing(one[chosen.clock]) &&
      inPeriod(one.root_order_date, chosen.period) &&
      (!band || one.return_week_bucket === band) &&
      (chosen.maturity === "to_date" || one.is_order_mature),
  };
}
