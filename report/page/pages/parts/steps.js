// How long each step of a return takes, from its milestones.
import { where } from "../../data.js";
import { html } from "../../elements.js";
import { count, counted, periodName, spaced } from "../../format.js";
import { table } from "../../table.js";
import { note } from "./common.js";

const days = (name, label) => ({ name, label, kind: "count" });

/** Returns a heading, a sentence and a table of the steps of returns that began in a period. */
export function steps(durations, period) {
  const rows = where(durations, { period });
  if (!rows.length) return [];
  return [
    html("h2", {}, "How long does each step take?"),
    note(
      "Days between two milestones of a return, by the period in which it started. Returns that " +
        "have not reached the second milestone are left out.",
      "return_duration_days",
    ),
    table({
      caption: `Days from milestone to milestone, ${periodName(period)}`,
      file: "days-by-step",
      rows,
      filters: ["period"],
      columns: [
        { name: "from_milestone", label: "From", show: spaced },
        { name: "to_milestone", label: "To", show: spaced },
        { name: "from_count", label: "Returns", kind: "count" },
        { name: "return_count", label: "Reached it", kind: "count" },
        days("median_days", "Half within"),
        days("third_quartile_days", "Three quarters within"),
        days("ninetieth_percentile_days", "Nine of ten within"),
      ],
    }),
  ];
}

/** The days until refunds as a sentence. */
export function refundSentence(durations, period) {
  const [row] = where(durations, {
    period,
    from_milestone: "requested",
    to_milestone: "refunded",
  });
  const when = `(${periodName(period)})`;
  if (!row) return `No refund of a return is known ${when}.`;
  const half = `within ${counted(row.median_days, "day")} of the request`;
  return row.return_count === 1
    ? `One refund ${when} was paid ${half}.`
    : `Half of ${count(row.return_count)} refunds ${when} were paid ${half}, ` +
        `nine of ten within ${count(row.ninetieth_percentile_days)}.`;
}
