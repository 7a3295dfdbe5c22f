// Tables of the figures under a chart: sorting, search, download, and a list of the orders behind a
// figure.
import { html } from "./elements.js";
import {
  NOTHING,
  count,
  date,
  exactMoney,
  isNothing,
  money,
  periodName,
  points,
  share,
} from "./format.js";

const ROWS_SHOWN = 12;
// In characters; longer texts may be broken inside a word.
const LONG_TEXT = 40;

const asText = (value) => (isNothing(value) ? NOTHING : value);
const KINDS = { text: asText, code: asText, period: periodName, count, share, points, date };
// What follows an unrounded share.
const UNITS = { share: "%", points: " points" };

const byText = (one, other) => `${one}`.localeCompare(`${other}`);
const isNumeric = (column) => ["count", "share", "points", "money"].includes(column.kind);
const classOf = (column) => (isNumeric(column) ? "number" : column.kind);

function textOf(column, row) {
  const value = row[column.name];
  return column.kind === "money"
    ? money(value, row.currency_code)
    : (column.show ?? KINDS[column.kind ?? "text"])(value);
}

/** The unrounded value, for a tooltip. */
function exactText(column, row) {
  const value = row[column.name];
  if (isNothing(value)) return null;
  const unit = UNITS[column.kind];
  if (unit) return `${Number((value * 100).toPrecision(12))}${unit}`;
  return column.kind === "money" ? exactMoney(value, row.currency_code) : null;
}

/** A button that opens the list of orders behind a figure; drill-down.js handles it. */
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
 * Builds a table.
 *
 * A column has name, label and kind; `show` formats its value, `compare` sorts its texts, `link`
 * returns an address for a row, `drillDown` the list to show for a row's figure, `shade` how dark
 * its cell is, from 0 to 1, and `header` names it in a CSV file. `flags` returns the flags of a row.
 * `filters` names the filters of the page that select the rows; without it, all do.
 */
export function table({ caption, file, columns, rows, filters, flags = () => [] }) {
  const view = { rows, shown: ROWS_SHOWN, column: null, descending: false, words: "" };
  const body = html("tbody");
  const more = html("button", { type: "button", onclick: () => update({ shown: rows.length }) });
  const printed = html("p", { class: "note print" });
  const found = html("span", { role: "status", class: "found" });
  const headers = columns.map((column) =>
    html(
      "th",
      { scope: "col", class: classOf(column) },
      html(
        "button",
        { type: "button", class: "sort", onclick: () => update(nextOrder(view, column)) },
        column.label,
      ),
    ),
  );
  const keptRows = () => sorted(matching(rows, columns, view.words), view);
  const update = (change) => {
    Object.assign(view, change);
    const kept = keptRows();
    body.replaceChildren(
      ...kept.slice(0, view.shown).map((row) => tableRow(row, columns, flags(row), filters)),
    );
    more.hidden = kept.length <= view.shown;
    printed.hidden = more.hidden;
    printed.textContent = `${count(view.shown)} of ${count(kept.length)} rows`;
    more.textContent = `Show all ${count(kept.length)} rows`;
    found.textContent = view.words ? `${count(kept.length)} of ${count(rows.length)} rows` : "";
    headers.forEach((header, place) => {
      if (columns[place] !== view.column) header.removeAttribute("aria-sort");
      else header.setAttribute("aria-sort", view.descending ? "descending" : "ascending");
    });
  };
  update({});
  return html(
    "div",
    { class: "table" },
    rows.length > ROWS_SHOWN ? searchBox(caption, (words) => update({ words }), found) : null,
    html(
      "div",
      { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
      html(
        "table",
        {},
        html("caption", {}, caption),
        html("thead", {}, html("tr", {}, headers)),
        body,
      ),
    ),
    printed,
    html(
      "p",
      { class: "actions" },
      more,
      rows.length
        ? downloadButton(() => ({
            caption,
            file,
            columns,
            flags,
            filters,
            words: view.words.trim(),
            rows: keptRows(),
          }))
        : null,
    ),
  );
}

function tableRow(row, columns, flags, filters) {
  const cells = columns.map((column, place) => {
    const text = `${textOf(column, row)}`;
    // A figure of zero has no orders to list.
    const listing = row[column.name] && column.drillDown?.(row);
    const href = row[column.name] && column.link?.(row);
    const content = listing
      ? drillDownButton(text, `${text} ${column.label}`, { filters, ...listing })
      : href
        ? html("a", { href }, text)
        : text;
    const shade = column.shade?.(row);
    const isLong = text.length > LONG_TEXT;
    const attributes = {
      class:
        [classOf(column), isLong && "long", shade && "shaded"].filter(Boolean).join(" ") || null,
      title: isLong ? text : exactText(column, row),
    };
    if (place) {
      const cell = html("td", attributes, content);
      if (shade) cell.style.setProperty("--share", shade);
      return cell;
    }
    const badges = flags.map((flag) => html("span", { class: "flag" }, flag));
    return html("th", { scope: "row", ...attributes }, content, badges);
  });
  return html("tr", {}, cells);
}

function searchBox(caption, search, found) {
  return html(
    "p",
    { class: "search" },
    html(
      "label",
      {},
      "Find in this table",
      html("input", {
        type: "search",
        "aria-label": `Find in: ${caption}`,
        oninput: (event) => search(event.target.value),
      }),
    ),
    found,
  );
}

/** A download button; csv.js writes the file. */
function downloadButton(content) {
  const ask = (event) =>
    event.target.dispatchEvent(new CustomEvent("csv", { detail: content(), bubbles: true }));
  return html("button", { type: "button", onclick: ask }, "Download as CSV");
}

/** Rows with a cell that contains the search text. */
function matching(rows, columns, words) {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return rows;
  return rows.filter((row) =>
    columns.some((column) => `${textOf(column, row)}`.toLowerCase().includes(wanted)),
  );
}

/** A first click sorts figures from the largest and text from A; a second one reverses. */
function nextOrder(view, column) {
  const first = isNumeric(column) || column.kind === "date";
  return { column, descending: view.column === column ? !view.descending : first };
}

function sorted(rows, { column, descending }) {
  if (!column) return rows;
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [one, other] = [a[column.name], b[column.name]];
    // Empty cells come last in both directions.
    if (isNothing(one) || isNothing(other)) return isNothing(one) - isNothing(other);
    return sign * (isNumeric(column) ? one - other : (column.compare ?? byText)(one, other));
  });
}
