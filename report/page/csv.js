// Writes the rows of a table as CSV, with the filters that selected them.
import { html } from "./elements.js";
import { isNothing } from "./format.js";

/**
 * Registers the handler that saves a file when a download button is clicked. `context` returns for a
 * table columns that are the same for every row, as pairs of name and value: the filters that
 * select its rows, and the last day of data.
 */
export function saveDownloads(context) {
  document.addEventListener("csv", ({ detail }) =>
    save(`${detail.file}.csv`, detail, context(detail)),
  );
}

function save(file, { caption, columns, rows, flags }, context) {
  const names = columns.map((column) => column.name);
  const hasMoney = columns.some((column) => column.kind === "money");
  if (hasMoney && !names.includes("currency_code")) names.push("currency_code");
  const headers = names.map((name, place) => columns[place]?.header ?? name);
  const lines = [
    [...headers, "flags", "table", ...context.map(([name]) => name)],
    ...rows.map((row) => [
      ...names.map((name) => row[name]),
      flags(row).join("; "),
      caption,
      ...context.map(([, value]) => value),
    ]),
  ];
  const text = lines.map((cells) => cells.map(cell).join(",")).join("\r\n");
  // The byte order mark makes spreadsheets read UTF-8.
  const address = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
  html("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

/**
 * Where a spreadsheet may start a formula: at the beginning of the text and, if it uses another
 * separator than commas, after any separator or line break, quoted or not.
 * Invisible characters may precede the sign, which may be a full-width one.
 */
const FORMULA =
  /^(?=[\t\r\n])|(?:^|(?<=[;|\t\r\n]))(?=[\s\p{Cc}\p{Cf}\p{DI}]*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20])/gu;

function cell(value) {
  if (isNothing(value)) return "";
  // An apostrophe makes a spreadsheet read the cell as text.
  const text = typeof value === "string" ? value.replace(FORMULA, "'") : String(value);
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
