// The units, parcels and refunds that are expected in each of the next eight weeks.
import { html } from "../../elements.js";
import { count, isNothing } from "../../format.js";
import { table } from "../../table.js";
import { note } from "./common.js";

const whole = (name, label) => ({
  name,
  label,
  kind: "count",
  show: (value) => (isNothing(value) ? count(value) : count(Math.round(value))),
});

/** Returns a heading, a sentence and the table of weeks; nothing if there is no forecast. */
export function nextWeeks({ weeks, currencies }) {
  if (!weeks.length) return [];
  // The forecast has the refunds of the main currency.
  const refunds = currencies.length > 1 ? `Refunds, in ${weeks[0].currency_code} only` : "Refunds";
  return [
    html("h2", {}, "The next eight weeks"),
    note(
      "Units are counted in the week in which their return is requested; parcels and refunds follow later. " +
        "Sales are assumed to continue as in the last four weeks. In four of five weeks the units lie in the 80% " +
        "interval.",
      "returned_units_expected_by_week",
    ),
    table({
      caption: "Expected returns by week",
      file: "expected-returns-by-week",
      rows: weeks,
      filters: [],
      columns: [
        { name: "week_start_date", label: "Week from", kind: "date" },
        whole("expected_returned_units", "Units"),
        whole("expected_returned_units_lower_80", "At least (80%)"),
        whole("expected_returned_units_upper_80", "At most (80%)"),
        whole("expected_parcels", "Parcels"),
        { name: "expected_refund_amount", label: refunds, kind: "money" },
      ],
    }),
  ];
}
