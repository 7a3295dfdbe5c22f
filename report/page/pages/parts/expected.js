// The expected final rate of a recent month, and its rate to date.
import { inPeriod, isRunning, where } from "../../data.js";
import { html } from "../../elements.js";
import { table } from "../../table.js";
import { flagsOf, note } from "./common.js";

/**
 * Returns a heading, a sentence and a table of the months of a period whose returns are still
 * coming; nothing if there are none.
 *
 * `wanted` selects rows by dimension, `label` names the dimension, and `show` its values.
 */
export function expectedRates({ nowcast, through }, period, wanted, label, show) {
  const rows = where(nowcast, wanted).filter((row) => inPeriod(row.period_start_date, period));
  if (!rows.length) return [];
  return [
    html("h2", {}, "Expected final rates of recent months"),
    note(
      "Not all returns of these months have been made, so the rate to date will rise; immature months " +
        "cannot be compared yet. The expected rate is an estimate of the final rate; in four of five " +
        "months the final rate lies in the 80% interval.",
      "unit_return_rate_expected",
    ),
    table({
      caption: `Units that come back, by month of the order${label ? ` and ${label.toLowerCase()}` : ""}`,
      file: "expected-return-rate",
      rows,
      // Of the whole shop, every month is shown.
      filters:
        wanted.dimension_type === "all" ? [] : ["period", "category", "style", "type", "channel"],
      flags: (row) =>
        [isRunning(row.period, through[0]) ? "running" : null, ...flagsOf(row)].filter(Boolean),
      columns: [
        { name: "period", label: "Month", kind: "period" },
        label ? { name: "dimension_value", label, show } : null,
        { name: "sold_units", label: "Units sold", kind: "count" },
        { name: "unit_return_rate", label: "Rate to date", kind: "share" },
        { name: "unit_return_rate_expected", label: "Expected in the end", kind: "share" },
        { name: "unit_return_rate_expected_lower_80", label: "At least (80%)", kind: "share" },
        { name: "unit_return_rate_expected_upper_80", label: "At most (80%)", kind: "share" },
      ].filter(Boolean),
    }),
  ];
}
