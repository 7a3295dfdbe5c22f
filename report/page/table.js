// Tables: the figures under a drawing, to read, to look behind and to take along.
import { html } from "./elements.js";
import { NOTHING, count, date, isNothing, money, share } from "./format.js";

const SHOWN = 25;

const asText = (value) => (isNothing(value) ? NOTHING : value);
const KINDS = { text: asText, code: asText, count, share, date };

const isNumeric = (column) => ["count", "share", "money"].includes(column.kind);
const classOf = (column) => (isNumeric(column) ? "number" : column.kind);

function textOf(column, row) {
  const value = row[column.name];
  return column.kind === "money"
    ? money(value, row.currency_code)
    : (column.show ?? KINDS[column.kind ?? "text"])(value);
}

/** A button that asks for the orders behind a figure; drill-down.js answers. */
export function drillDownButton(text, label, listing) {
  const ask = (event) =>
    event.target.dispatchEvent(new CustomEvent("drilldown", { detail: listing, bubbles: true }));
  return html(
    "button",
    {
      type: "button",
      class: "drill-down",
      "aria-haspopup": "dialog",
      "aria-label": `${label}: show the orders behind it`,
      onclick: ask,
    },
    text,
  );
}

/**
 * Builds a table. Columns have name, label, kind; `drillDown` gives what to list for a
 * row's figure, and `flags` of the options gives words to put beside a row.
 */
export function table({ caption, file, columns, rows, flags = () => [] }) {
  const body = html("tbody");
  const line = (row) =>
    html(
      "tr",
      {},
      columns.map((column, place) => {
        const text = textOf(column, row);
        // Nothing lies behind nought.
        const listing = row[column.name] && column.drillDown?.(row);
        const content = listing ? drillDownButton(text, `${text} ${column.label}`, listing) : text;
        const badges = place ? [] : flags(row).map((flag) => html("span", { class: "flag" }, flag));
        return place
          ? html("td", { class: classOf(column) }, content)
          : html("th", { scope: "row", class: classOf(column) }, content, badges);
      }),
    );
  body.append(...rows.slice(0, SHOWN).map(line));
  const scroller = html(
    "div",
    { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
    html(
      "table",
      {},
      html("caption", {}, caption),
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          columns.map((column) =>
            html("th", { scope: "col", class: classOf(column) }, column.label),
          ),
        ),
      ),
      body,
    ),
  );
  const more =
    rows.length > SHOWN &&
    html(
      "button",
      {
        type: "button",
        onclick: () => {
          body.replaceChildren(...rows.map(line));
          more.remove();
        },
      },
      `Show all ${count(rows.length)} rows`,
    );
  const save = html(
    "button",
    {
      type: "button",
      onclick: () => download(`${file}.csv`, columns, rows),
    },
    "Download as CSV",
  );
  return html(
    "div",
    { class: "table" },
    scroller,
    html("p", { class: "actions" }, more || null, rows.length ? save : null),
  );
}

function download(file, columns, rows) {
  const lines = [
    columns.map((column) => column.name),
    ...rows.map((row) => columns.map((column) => row[column.name])),
  ];
  const text = lines.map((cells) => cells.map(cell).join(",")).join("\r\n");
  // The mark makes spreadsheets read UTF-8.
  const address = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
  html("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

function cell(value) {
  if (isNothing(value)) return "";
  // A spreadsheet would run text that begins like a formula.
  const text =
    typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
