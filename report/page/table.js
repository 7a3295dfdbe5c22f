// Tables: the figures under a drawing, to read, to look behind and to take along.

const SHOWN = 25;

const asText = (value) => (isNothing(value) ? NOTHING : value);
const KINDS = { text: asText, code: asText, count, share, date };

const isNumeric = (column) => ["count", "share", "money"].includes(column.kind);
const classOf = (column) => (isNumeric(column) ? "number" : column.kind);

function textOf(column, row) {
  const value = row[column.name];
  return column.kind === "money" ? money(value, row.currency_code)
    : (column.show ?? KINDS[column.kind ?? "text"])(value);
}

/**
 * Builds a table. Columns have name, label, kind; `behind` gives what to list for a
 * row's figure, and `flags` of the options gives words to put beside a row.
 */
function table({ caption, file, columns, rows, flags = () => [] }) {
  const body = make("tbody");
  const line = (row) => make("tr", {}, columns.map((column, place) => {
    const text = textOf(column, row);
    // Nothing lies behind nought.
    const listing = row[column.name] && column.behind?.(row);
    const content = listing
      ? make("button", {
        type: "button", class: "behind", "aria-haspopup": "dialog",
        "aria-label": `${text} ${column.label}: show the orders behind it`,
        onclick: () => showBehind(listing),
      }, text)
      : text;
    const badges = place ? [] : flags(row).map((flag) => make("span", { class: "flag" }, flag));
    return place
      ? make("td", { class: classOf(column) }, content)
      : make("th", { scope: "row", class: classOf(column) }, content, badges);
  }));
  body.append(...rows.slice(0, SHOWN).map(line));
  const scroller = make("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
    make("table", {},
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, columns.map((column) =>
        make("th", { scope: "col", class: classOf(column) }, column.label)))),
      body));
  const more = rows.length > SHOWN && make("button", {
    type: "button",
    onclick: () => {
      body.replaceChildren(...rows.map(line));
      more.remove();
    },
  }, `Show all ${count(rows.length)} rows`);
  const save = make("button", {
    type: "button", onclick: () => download(`${file}.csv`, columns, rows),
  }, "Download as CSV");
  return make("div", { class: "table" }, scroller,
    make("p", { class: "actions" }, more || null, rows.length ? save : null));
}

function download(file, columns, rows) {
  const lines = [columns.map((column) => column.name),
    ...rows.map((row) => columns.map((column) => row[column.name]))];
  const text = lines.map((cells) => cells.map(cell).join(",")).join("\r\n");
  // The mark makes spreadsheets read UTF-8.
  const address = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
  make("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

function cell(value) {
  if (isNothing(value)) return "";
  // A spreadsheet would run text that begins like a formula.
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
