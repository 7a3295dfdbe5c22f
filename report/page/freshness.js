// The age of the report and of its data as text.
import { counted, date, isNothing } from "./format.js";

const DAY = 86_400_000;
const STALE_DAYS = 3;

const daysBetween = (from, to) => Math.floor((to - from) / DAY);

/**
 * Describes when the report was made and the last day of its data.
 *
 * `through` is a date such as "2026-06-30" or null, `madeAt` and `now` are Dates. `isStale` says
 * that the data ended, or the report was made, some days ago.
 */
export function freshness(through, madeAt, now) {
  const made = `made ${date(madeAt)}, ${madeAt.toISOString().slice(11, 16)} UTC`;
  const age = daysBetween(madeAt, now);
  const words = age > 0 ? `${made}, ${counted(age, "day")} ago` : made;
  if (isNothing(through)) return { data: "No data yet", report: `Report ${words}`, isStale: false };
  const lag = daysBetween(new Date(`${through}T00:00Z`), now);
  const old = lag > 1 ? `, ${counted(lag, "day")} ago` : "";
  return {
    data: `Data through ${date(through)}${old}`,
    report: `Report ${words}`,
    isStale: lag > STALE_DAYS || age > STALE_DAYS,
  };
}
