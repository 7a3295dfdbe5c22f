import { html } from "../elements.js";
import { spaced } from "../format.js";
import { empty } from "./parts/common.js";
import { table } from "../table.js";

export const definitionsPage = {
  name: "definitions",
  menu: "Definitions",
  question: "What does each figure mean, and what is missing?",
  needs: ["definitions", "match_coverage", "data_quality"],
  filters: () => [],
  show(data, chosen) {
    return {
      answer:
        "These are the definitions of all metrics, the rows that could not be matched, " +
        "and the data quality rules that some rows violate.",
      parts: [
        html("h2", {}, "Which rows were matched"),
        data.match_coverage.length
          ? table({
              caption: "Match coverage",
              file: "match-coverage",
              rows: data.match_coverage,
              columns: [
                { name: "coverage", label: "What" },
                { name: "finding", label: "Finding" },
                {
                  name: "row_count",
                  label: "Rows",
                  kind: "count",
                  drillDown: drillDownFinding,
                },
                { name: "all_row_count", label: "Of", kind: "count" },
                { name: "match_coverage", label: "Share", kind: "share" },
              ],
            })
          : empty("There is no return yet."),
        html("h2", {}, "Data quality"),
        data.data_quality.length
          ? table({
              caption: "Data quality",
              file: "data-quality",
              rows: data.data_quality,
              columns: [
                {
                  name: "check_name",
                  label: "Rule",
                  show: spaced,
                },
                { name: "row_count", label: "Rows", kind: "count" },
                { name: "example_id", label: "For example" },
              ],
            })
          : html("p", {}, "None."),
        html("h2", {}, "Metrics"),
        html(
          "dl",
          {},
          data.definitions.map((one) => [
            html(
              "dt",
              {
                id: one.metric_name,
                tabindex: "-1",
                class: one.metric_name === chosen.metric ? "asked" : null,
              },
              one.metric_name,
            ),
            html(
              "dd",
              {},
              `${one.formula_in_words}.`,
              html(
                "span",
                { class: "formula" },
                [one.numerator, one.denominator].filter(Boolean).join(" ÷ "),
              ),
              html(
                "span",
                { class: "formula" },
                `Population: ${one.population}; date: ${one.date_basis}.`,
              ),
            ),
          ]),
        ),
      ],
    };
  },
};

/** Lists the rows without a match. */
function drillDownFinding(row) {
  if (row.is_found) return null;
  const heading = `Not matched: ${row.finding}`;
  if (row.coverage === "returned units with their order line")
    return { heading, from: "unlinked", test: () => true };
  const tests = {
    "no order id in Loop": (one) => !one.is_order_matched && one.lacks_order_id,
    "order not loaded": (one) => !one.is_order_matched && !one.lacks_order_id,
    "return without order": (one) => !one.is_order_matched,
    "guest order": (one) => one.is_order_matched,
  };
  return { heading, from: "unmatched", test: tests[row.finding] };
}
