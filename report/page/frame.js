// Shows the page that the address names.

const PAGES = [
  glancePage, outcomesPage, exchangesPage, skusPage, reasonsPage, repurchasePage, channelsPage, timingPage,
  costPage, definitionsPage,
];

const main = document.getElementById("content");
let shows = 0;

async function show({ keep = false } = {}) {
  const own = (shows += 1);
  const { page: name, chosen } = readAddress();
  const page = PAGES.find((one) => one.name === name) ?? PAGES[0];
  const rows = await Promise.all(page.needs.map(rowsOf));
  // A later choice has overtaken this one.
  if (own !== shows) return;
  const data = Object.fromEntries(page.needs.map((one, place) => [one, rows[place]]));
  const filters = page.filters(data, chosen).filter((one) => one.options.length > 1);
  const settled = settle(page.filters(data, chosen), chosen);
  const focused = keep && document.activeElement?.id;
  document.title = `${page.question} · Returns report`;
  menu(page, chosen);
  const told = tellOf(page, data, settled);
  main.dataset.page = "";
  main.replaceChildren(
    make("h1", {}, page.question),
    make("p", { class: "answer", role: "status" }, told.answer),
    told.empty ? "" : filterBar(page, filters, settled),
    ...told.parts.filter(Boolean),
  );
  main.dataset.page = page.name;
  performance.mark("shown");
  if (focused) document.getElementById(focused)?.focus();
  told.then?.();
}

/** What a page says, or what to do when it has nothing to say. */
function tellOf(page, data, settled) {
  const missing = page.needs.filter((need) => !hasData(need));
  if (missing.length) {
    return { empty: true, answer: "This page cannot be answered from this warehouse.", parts: [empty(
      `It lacks the models behind: ${list(missing)}. Build all of transform/ (dbt build), then make the report again.`)] };
  }
  if (page.name !== "definitions" && !data.periods.length) {
    return { empty: true, answer: "There are no orders and no returns yet.", parts: [empty(
      "Load some: `make demo` fills the warehouse with an invented shop; the README says how to load your own. "
      + "Then make the report again.")] };
  }
  return page.show(data, { ...settled, metric: readAddress().chosen.metric });
}

/** The choices of the address where they exist, else the usual ones. */
function settle(filters, chosen) {
  return Object.fromEntries(filters.map(({ name, options, usual }) =>
    [name, options.some(([value]) => value === chosen[name]) ? chosen[name] : usual]));
}

function filterBar(page, filters, settled) {
  if (!filters.length) return "";
  const change = (name, value) => {
    const { chosen } = readAddress();
    history.replaceState(null, "", addressOf(page.name, { ...chosen, [name]: value }));
    show({ keep: true });
  };
  return make("form", { class: "filters", "aria-label": "Filters" }, filters.map((one) =>
    make("label", {}, one.label,
      make("select", { id: `filter-${one.name}`, onchange: (event) => change(one.name, event.target.value) },
        optionsOf(one, settled[one.name])))));
}

function optionsOf({ options }, value) {
  const nodes = [];
  for (const [own, text, group] of options) {
    const option = make("option", { value: own, selected: own === value }, text);
    if (!group) nodes.push(option);
    else if (nodes[nodes.length - 1]?.label === group) nodes[nodes.length - 1].append(option);
    else nodes.push(make("optgroup", { label: group }, option));
  }
  return nodes;
}

/** Period and currency mean the same everywhere, so they go along. */
function menu(page, { period, currency }) {
  const along = Object.fromEntries(Object.entries({ period, currency }).filter(([, value]) => value));
  document.getElementById("menu").replaceChildren(...PAGES.map((one) => make("li", {},
    make("a", { href: addressOf(one.name, along), "aria-current": one === page ? "page" : null }, one.menu))));
}

/** How far the data reaches and how much of it was joined, on every page. */
async function standing() {
  const [through] = await rowsOf("through");
  const coverage = where(await rowsOf("coverage"), { coverage: "returns with their order" });
  const told = coverage.map((row) => `${share(row.match_coverage)} ${row.finding}`);
  document.getElementById("standing").replaceChildren(
    make("strong", {}, `Data through ${date(through?.data_through_date)}`),
    make("span", {}, told.length ? `Returns with their order: ${list(told)}` : "No returns to match with orders"),
    make("a", { href: addressOf("definitions", { metric: "match_coverage" }) }, "What is missing?"));
}

let waiting;
let roomBefore = room();
addEventListener("hashchange", () => {
  scrollTo(0, 0);
  show().then(() => main.focus({ preventScroll: true }));
});
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (room() === roomBefore) return;
    roomBefore = room();
    show({ keep: true });
  }, 150);
});
standing();
show();
