// Shows the page that the address names.
import { addressOf, readAddress } from "./address.js";
import { availableWidth } from "./charts/scales.js";
import { hasData, rowsOf, where } from "./data.js";
import { html } from "./elements.js";
import { date, list, share } from "./format.js";
import { openDrillDowns } from "./drill-down.js";
import { empty } from "./pages/common.js";
import { PAGES } from "./pages/index.js";

const main = document.getElementById("content");
let shows = 0;

async function showPage({ keep = false } = {}) {
  const own = (shows += 1);
  const { page: name, chosen } = readAddress();
  const page = PAGES.find((one) => one.name === name) ?? PAGES[0];
  const rows = await Promise.all(page.needs.map(rowsOf));
  // A later choice has overtaken this one.
  if (own !== shows) return;
  const data = Object.fromEntries(page.needs.map((one, place) => [one, rows[place]]));
  const filters = page.filters(data, chosen).filter((one) => one.options.length > 1);
  const selection = resolveFilters(page.filters(data, chosen), chosen);
  const focused = keep && document.activeElement?.id;
  document.title = `${page.question} · Returns report`;
  menu(page, chosen);
  const result = renderPage(page, data, selection);
  main.dataset.page = "";
  main.replaceChildren(
    html("h1", {}, page.question),
    html("p", { class: "answer", role: "status" }, result.answer),
    result.empty ? "" : filterBar(page, filters, selection),
    ...result.parts.filter(Boolean),
  );
  main.dataset.page = page.name;
  performance.mark("shown");
  if (focused) document.getElementById(focused)?.focus();
  result.afterShow?.();
}

/** What a page says, or what to do when it has nothing to say. */
function renderPage(page, data, selection) {
  const missing = page.needs.filter((need) => !hasData(need));
  if (missing.length) {
    return {
      empty: true,
      answer: "This page cannot be answered from this warehouse.",
      parts: [
        empty(
          `It lacks the models behind: ${list(missing)}. Build all of transform/ (dbt build), then make the report again.`,
        ),
      ],
    };
  }
  if (page.name !== "definitions" && !data.periods.length) {
    return {
      empty: true,
      answer: "There are no orders and no returns yet.",
      parts: [
        empty(
          "Load some: `make demo` fills the warehouse with an invented shop; the README says how to load your own. " +
            "Then make the report again.",
        ),
      ],
    };
  }
  return page.show(data, { ...selection, metric: readAddress().chosen.metric });
}

/** The choices of the address where they exist, else the usual ones. */
function resolveFilters(filters, chosen) {
  return Object.fromEntries(
    filters.map(({ name, options, usual }) => [
      name,
      options.some(([value]) => value === chosen[name]) ? chosen[name] : usual,
    ]),
  );
}

function filterBar(page, filters, selection) {
  if (!filters.length) return "";
  const change = (name, value) => {
    const { chosen } = readAddress();
    history.replaceState(null, "", addressOf(page.name, { ...chosen, [name]: value }));
    showPage({ keep: true });
  };
  return html(
    "form",
    { class: "filters", "aria-label": "Filters" },
    filters.map((one) =>
      html(
        "label",
        {},
        one.label,
        html(
          "select",
          {
            id: `filter-${one.name}`,
            onchange: (event) => change(one.name, event.target.value),
          },
          optionsOf(one, selection[one.name]),
        ),
      ),
    ),
  );
}

function optionsOf({ options }, value) {
  const nodes = [];
  for (const [own, text, group] of options) {
    const option = html("option", { value: own, selected: own === value }, text);
    if (!group) nodes.push(option);
    else if (nodes[nodes.length - 1]?.label === group) nodes[nodes.length - 1].append(option);
    else nodes.push(html("optgroup", { label: group }, option));
  }
  return nodes;
}

/** Period and currency mean the same everywhere, so they go along. */
function menu(page, { period, currency }) {
  const along = Object.fromEntries(
    Object.entries({ period, currency }).filter(([, value]) => value),
  );
  document.getElementById("menu").replaceChildren(
    ...PAGES.map((one) =>
      html(
        "li",
        {},
        html(
          "a",
          {
            href: addressOf(one.name, along),
            "aria-current": one === page ? "page" : null,
          },
          one.menu,
        ),
      ),
    ),
  );
}

/** How far the data reaches and how much of it was joined, on every page. */
async function showCoverage() {
  const [through] = await rowsOf("through");
  const coverage = where(await rowsOf("coverage"), { coverage: "returns with their order" });
  const result = coverage.map((row) => `${share(row.match_coverage)} ${row.finding}`);
  document
    .getElementById("coverage")
    .replaceChildren(
      html("strong", {}, `Data through ${date(through?.data_through_date)}`),
      html(
        "span",
        {},
        result.length
          ? `Returns with their order: ${list(result)}`
          : "No returns to match with orders",
      ),
      html(
        "a",
        { href: addressOf("definitions", { metric: "match_coverage" }) },
        "What is missing?",
      ),
    );
}

let waiting;
let widthBefore = availableWidth();
addEventListener("hashchange", () => {
  scrollTo(0, 0);
  showPage().then(() => main.focus({ preventScroll: true }));
});
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (availableWidth() === widthBefore) return;
    widthBefore = availableWidth();
    showPage({ keep: true });
  }, 150);
});
showCoverage();
openDrillDowns();
showPage();
