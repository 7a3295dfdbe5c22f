// Shows the page in the URL.
import { addressOf, readAddress } from "./address.js";
import { availableWidth } from "./charts/scales.js";
import { hasData, rangeOf, rowsOf, where } from "./data.js";
import { html } from "./elements.js";
import { freshness } from "./freshness.js";
import { agreeing, count, counted, list, periodName } from "./format.js";
import { monthFilters, withRange } from "./months.js";
import { saveDownloads } from "./csv.js";
import { openDrillDowns } from "./drill-down.js";
import { empty, lacksOrders, warning, withoutOrdersNote } from "./pages/parts/common.js";
import { PAGES } from "./pages/index.js";

const main = document.getElementById("content");
// The default of dbt's variable store_id.
const ONLY_SHOP = "main";
let shows = 0;
let csvContext = () => [];

async function showPage({ keep = false } = {}) {
  const own = (shows += 1);
  const { page: name, chosen } = readAddress();
  const page = PAGES.find((one) => one.name === name) ?? PAGES[0];
  const focused = keep && document.activeElement?.id;
  menu(page, chosen);
  let content;
  try {
    content = await contentOf(page, chosen);
  } catch (error) {
    console.error(error);
    content = { answer: "This page failed.", nodes: [failure(error)] };
  }
  const report = await reportName();
  // The user has made another choice meanwhile.
  if (own !== shows) return;
  document.querySelector(".brand").textContent = report;
  document.title = `${page.question} · ${report}`;
  main.dataset.page = "";
  main.replaceChildren(
    html("h1", {}, page.question),
    html("p", { class: "answer", role: "status" }, content.answer),
    ...content.nodes,
  );
  main.querySelector(".answer").after(partsOf(page, chosen));
  main.dataset.page = page.name;
  performance.mark("shown");
  if (focused) document.getElementById(focused)?.focus();
  if (!keep) goTo(chosen.part ?? chosen.metric);
}

/** The name of the report, with that of the shop if a brand has several. */
async function reportName() {
  const [through] = await rowsOf("through");
  const shop = through?.shop ?? ONLY_SHOP;
  return shop === ONLY_SHOP ? "Returns report" : `Returns report: ${shop}`;
}

/** Links to the parts of the page, if it has several; each heading gets an id. */
function partsOf(page, chosen) {
  const links = [...main.querySelectorAll("main > h2")].map((heading) => {
    heading.id = heading.textContent
      .toLowerCase()
      .match(/[a-z]+/g)
      .join("-");
    heading.tabIndex = -1;
    const href = addressOf(page.name, { ...chosen, part: heading.id });
    return html("a", { href, onclick: () => goTo(heading.id) }, heading.textContent);
  });
  return links.length < 2 ? "" : html("p", { class: "scope parts" }, "On this page: ", links);
}

function goTo(id) {
  const part = document.getElementById(id);
  part?.scrollIntoView();
  part?.focus({ preventScroll: true });
}

/** The answer of a page and the nodes below it. */
async function contentOf(page, chosen) {
  const names = [...new Set([...page.needs, "through"])];
  const rows = await Promise.all(names.map(rowsOf));
  const loaded = Object.fromEntries(names.map((name, place) => [name, rows[place]]));
  const isRange = rangeOf(chosen.period);
  const data = isRange && page.sums ? withRange(loaded, chosen.period, page.sums) : loaded;
  const withoutOrders = lacksOrders(data.through[0]);
  const filters = withoutOrders
    ? (page.filtersWithoutOrders ?? page.filters)(data, chosen)
    : page.filters(data, chosen);
  const selection = resolveFilters(filters, chosen);
  const result = renderPage(page, data, selection);
  const months = page.sums ? monthFilters(data.periods, selection.period) : [];
  const offered = filters.toSpliced(1, 0, ...months).filter((one) => one.options.length > 1);
  csvContext = ({ filters: applied, words }) => [
    ...filters
      .filter(({ name }) => !applied || applied.includes(name))
      .map((one) => [`filter_${one.name}`, labelOf(one, selection[one.name])]),
    ...(words ? [["filter_text", words]] : []),
    ["data_through_date", data.through[0]?.data_through_date],
  ];
  const bar = result.empty
    ? []
    : [filterBar(page, offered, selection), printedFilters(filters, selection)];
  const note = isRange && !page.sums && selection.period && notSummed(chosen, selection);
  return { ...result, nodes: [...bar, note, ...result.parts].filter(Boolean) };
}

const notSummed = (chosen, selection) =>
  warning(
    "Medians, pooled rates and numbers of customers cannot be added up over months, so this page has " +
      `no figures for ${periodName(chosen.period)}. It shows ${periodName(selection.period)}.`,
  );

/** What is chosen, in place of the filters on paper. */
const printedFilters = (filters, selection) =>
  html(
    "p",
    { class: "scope print" },
    filters.map((one) => `${one.label}: ${labelOf(one, selection[one.name])}`).join(" · "),
  );

const labelOf = ({ options }, value) => options.find(([own]) => own === value)?.[1] ?? value;

const failure = (error) =>
  empty(
    "Its figures cannot be shown; the other pages are not affected. Please report the fault " +
      `with this message: ${error.message}`,
  );

/** The content of a page, or what to do if there is no data for it. */
function renderPage(page, data, selection) {
  const missing = page.needs.filter((need) => !hasData(need));
  if (missing.length) {
    return {
      empty: true,
      answer: "This warehouse lacks data that this page needs.",
      parts: [
        empty(
          `Missing data sets: ${list(missing)}. Build all of transform/ (dbt build), then make the report again.`,
        ),
      ],
    };
  }
  if (page.name !== "definitions" && !data.periods.length) return withoutFigures(data.through[0]);
  const choices = { ...selection, metric: readAddress().chosen.metric };
  if (page.name === "definitions" || !lacksOrders(data.through[0])) return page.show(data, choices);
  if (!page.showWithoutOrders) {
    return {
      empty: true,
      answer: "This cannot be answered, because orders are not loaded.",
      parts: [withoutOrdersNote()],
    };
  }
  const result = page.showWithoutOrders(data, choices);
  return { ...result, parts: [withoutOrdersNote(), ...result.parts] };
}

/** What to say if no order and no return counts, or if there is none. */
function withoutFigures(through = {}) {
  const [answer, advice] =
    through.orders_through_at || through.returns_through_at
      ? [
          "No order and no return counts yet.",
          "Orders count from the month of the first Loop return. Returns that were cancelled, and returns of " +
            "test orders, do not count.",
        ]
      : [
          "There are no orders and no returns yet.",
          "Load some: `make demo` fills the warehouse with an invented shop; the README says how to load your " +
            "own. Then make the report again.",
        ];
  return { empty: true, answer, parts: [empty(advice)] };
}

/** The filters from the URL if their values exist, else the defaults. */
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
            onchange: ({ target: { value } }) =>
              one.period ? change("period", one.period(value)) : change(one.name, value),
          },
          optionsOf(one, one.value ?? selection[one.name]),
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

/** Period and currency apply to every page, so links keep them. */
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

/** How recent the data is and how many returns have their order, shown on every page. */
async function showCoverage() {
  const bar = document.getElementById("coverage");
  const [through] = await rowsOf("through");
  const { data, report, isStale } = freshness(
    through?.data_through_date,
    new Date(bar.dataset.madeAt),
    new Date(),
  );
  bar.classList.toggle("stale", isStale);
  bar.replaceChildren(
    html("strong", {}, data),
    html("span", {}, report),
    html(
      "a",
      { href: addressOf("definitions", { metric: "match_coverage" }) },
      await matchedReturns(through),
    ),
  );
}

async function matchedReturns(through) {
  const rows = where(await rowsOf("match_coverage"), { coverage: "returns with their order" });
  if (!rows.length) return "No returns yet";
  if (lacksOrders(through)) return "Orders are not loaded";
  const matched = rows.filter((row) => row.is_found);
  const found = matched.reduce((sum, row) => sum + row.row_count, 0);
  return `${count(found)} of ${counted(rows[0].all_row_count, "return")} ${agreeing(found, "has its", "have their")} order`;
}

let waiting;
let widthBefore = availableWidth();
addEventListener("hashchange", () => {
  scrollTo(0, 0);
  showPage().then(() => {
    if (!main.contains(document.activeElement)) main.focus({ preventScroll: true });
  });
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
saveDownloads((table) => csvContext(table));
showPage();
