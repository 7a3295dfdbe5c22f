// The HTML file contains packed data sets; each is unpacked when a page first uses it.
import { isNothing } from "./format.js";

const unpacked = new Map();

export const hasData = (name) => document.getElementById(`data-${name}`) !== null;

/** Returns the rows of a data set; none if its mart did not exist. */
export function rowsOf(name) {
  if (!unpacked.has(name)) unpacked.set(name, unpack(name));
  return unpacked.get(name);
}

async function unpack(name) {
  if (!hasData(name)) return [];
  const packed = atob(document.getElementById(`data-${name}`).textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { length, columns } = JSON.parse(await new Response(stream).text());
  const names = Object.keys(columns);
  const rows = [];
  for (let place = 0; place < length; place += 1) {
    const row = {};
    for (const column of names) {
      const { values, places } = columns[column];
      row[column] = values[places[place]];
    }
    rows.push(row);
  }
  return rows;
}

/** Rows whose columns have the wanted values. */
export const where = (rows, wanted) =>
  rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[name] === value));

/** A wanted value for `where`; none if all values are chosen. */
export const chosenOnly = (column, value) => (value === "all" ? {} : { [column]: value });

/** Distinct values of a column, in the order of the rows. */
export const different = (rows, column) =>
  [...new Set(rows.map((row) => row[column]))].filter((value) => !isNothing(value));

/** The first and the last month of a period such as "2026-02..2026-04"; nothing for others. */
export const rangeOf = (period) => /^(\d{4}-\d\d)\.\.(\d{4}-\d\d)$/.exec(period)?.slice(1);

const lastMonthOf = (period) => {
  const [, year, quarter] = /^(\d{4})-Q(\d)$/.exec(period) ?? [];
  return year ? `${year}-${String(quarter * 3).padStart(2, "0")}` : period.slice(-7);
};

/** Whether a month, a quarter or a range of months is not over yet; `through` is the last data. */
export const isRunning = (period, through) =>
  period !== "all" && lastMonthOf(period) > (through?.months_complete_through_date ?? "");

/** Whether a day lies in a period; false if the day is missing. */
export function inPeriod(day, period) {
  if (isNothing(day)) return false;
  if (period === "all") return true;
  const range = rangeOf(period);
  if (range) return range[0] <= day.slice(0, 7) && day.slice(0, 7) <= range[1];
  const month = Number(day.slice(5, 7));
  const quarter = `${day.slice(0, 4)}-Q${Math.ceil(month / 3)}`;
  return period.includes("Q") ? quarter === period : day.startsWith(period);
}
