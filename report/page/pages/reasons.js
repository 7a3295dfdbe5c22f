import { inPeriod, where } from "../data.js";
import { html } from "../elements.js";
import { UNKNOWN, count, counted, isNothing, list, periodName, share } from "../format.js";
import { lacksOrders, onlyUsual, periodFilter, currentQuarter, scope } from "./parts/common.js";
import {
  crossedRows,
  crossingNames,
  crossings,
  isCrossed,
  passes,
  unitShares,
} from "./parts/crossed.js";
import { drillDownButton, table } from "../table.js";

const CROSSED = ["category", "outcome", "channel", "country"];

export const reasonsPage = {
  name: "reasons",
  menu: "Reasons",
  question: "What are the top reasons for returns in each product category?",
  needs: ["reasons", "periods"],
  sums: {},
  filters: (data) => [
    periodFilter(data, currentQuarter(data.periods)),
    ...crossings(data.reasons, CROSSED),
  ],
  filtersWithoutOrders: (data) => onlyUsual(reasonsPage.filters(data), ["category", "channel"]),
  showWithoutOrders: (data, chosen) => reasonsPage.show(data, chosen),
  show(data, chosen) {
    const rows = crossedRows(data.reasons, chosen, CROSSED);
    const parents = sharesOf(rows, ["parent_return_reason"]);
    const children = sharesOf(
      rows,
      ["parent_return_reason", "return_reason"],
      ["parent_return_reason"],
    );
    // Without orders no category is known.
    const tops = lacksOrders(data.through[0])
      ? []
      : sharesOf(
          crossedRows(data.reasons, { ...chosen, category: "all" }, CROSSED),
          ["product_category", "parent_return_reason"],
          ["product_category"],
        )
          .filter((row) => row.rank <= 2)
          .toSorted((a, b) => a.product_category.localeCompare(b.product_category));
    if (!parents.length) return { answer: "No unit came back in this period.", parts: [] };
    const within = (parent) =>
      where(children, { parent_return_reason: parent.parent_return_reason });
    return {
      answer: reasonsAnswer(parents[0], children, tops, chosen),
      parts: [
        scope(
          "return_reason_share",
          "By period of the return. Open a reason to see what is in it; each bar is a share of the level above.",
        ),
        html(
          "ul",
          { class: "tree", "aria-label": "Reasons, most frequent first" },
          parents.map((parent, place) => branch(parent, within(parent), chosen, place === 0)),
        ),
        table({
          caption: `Reasons, ${periodName(chosen.period)}`,
          file: "return-reasons",
          rows: parents,
          columns: reasonColumns([{ name: "parent_return_reason", label: "Reason" }], chosen),
        }),
        table({
          caption: `Reasons in detail, ${periodName(chosen.period)}`,
          file: "return-reasons-in-detail",
          rows: parents.flatMap(within),
          columns: reasonColumns(
            [
              { name: "parent_return_reason", label: "Reason" },
              { name: "return_reason", label: "In detail" },
            ],
            chosen,
          ),
        }),
        ...topsOf(tops, chosen),
      ],
    };
  },
};

const sharesOf = (rows, by, within) =>
  unitShares(rows, { by, within, share: "return_reason_share", whole: "group_units" });

const partOf = (row) =>
  `${count(row.returned_units)} of ${counted(row.group_units, "returned unit")}, ${share(row.return_reason_share)}`;

function reasonsAnswer(first, children, tops, chosen) {
  const child = where(children, { parent_return_reason: first.parent_return_reason })[0];
  const within =
    child && child.return_reason !== first.parent_return_reason
      ? ` Within it “${child.return_reason}” comes first.`
      : "";
  const firsts = where(tops, { rank: 1 }).filter((row) => row.product_category !== UNKNOWN);
  const each =
    chosen.category === "all" && firsts.length
      ? ` ${list(firsts.map((row) => `${row.product_category}: ${row.parent_return_reason}`))}.`
      : "";
  const place = isCrossed(chosen, CROSSED)
    ? `For ${crossingNames(chosen, CROSSED).join(", ")}`
    : "Over the whole shop";
  return (
    `${place}, “${first.parent_return_reason}” is the most frequent reason: ${partOf(first)}.${within}` +
    (each && ` The most frequent reason of each category:${each}`)
  );
}

function branch(parent, children, chosen, open) {
  return html(
    "li",
    {},
    html(
      "details",
      { open },
      html("summary", {}, leaf(parent.parent_return_reason, parent)),
      html(
        "ul",
        {},
        children.map((child) =>
          html(
            "li",
            {},
            leaf(child.return_reason, child),
            drillDownButton("orders", child.return_reason, drillDownReason(child, chosen)),
          ),
        ),
      ),
    ),
  );
}

function leaf(name, row) {
  const bar = html("span", { class: "meter", "aria-hidden": "true" }, html("span"));
  bar.firstChild.style.width = `${100 * row.return_reason_share}%`;
  return html(
    "span",
    { class: "leaf" },
    html("span", { class: "name" }, name),
    bar,
    html(
      "span",
      { class: "figures" },
      `${share(row.return_reason_share)} · ${count(row.returned_units)}`,
    ),
  );
}

const reasonColumns = (names, chosen) => [
  ...names,
  {
    name: "returned_units",
    label: "Units",
    kind: "count",
    drillDown: (row) => drillDownReason(row, chosen),
  },
  { name: "group_units", label: "Of", kind: "count" },
  { name: "return_reason_share", label: "Share", kind: "share" },
  { name: "return_reason_share_lower", label: "At least", kind: "share" },
  { name: "return_reason_share_upper", label: "At most", kind: "share" },
];

function topsOf(tops, chosen) {
  if (!tops.length) return [];
  return [
    html("h2", {}, "The two most frequent reasons of each category"),
    table({
      caption: `Top reasons by category, ${periodName(chosen.period)}`,
      file: "top-reasons-by-category",
      rows: tops,
      filters: ["period", "outcome", "channel", "country"],
      columns: reasonColumns(
        [
          { name: "product_category", label: "Category" },
          { name: "rank", label: "Rank", kind: "count" },
          { name: "parent_return_reason", label: "Reason" },
        ],
        chosen,
      ),
    }),
  ];
}

function drillDownReason(row, chosen) {
  return {
    heading: `Orders behind: ${row.return_reason ?? row.parent_return_reason}, ${periodName(chosen.period)}`,
    from: "units",
    test: (unit) =>
      inPeriod(unit.return_date, chosen.period) &&
      unit.parent_return_reason === row.parent_return_reason &&
      (isNothing(row.return_reason) || unit.return_reason === row.return_reason) &&
      // A row of the top reasons has a category of its own.
      passes(
        unit,
        row.product_category ? { ...chosen, category: row.product_category } : chosen,
        CROSSED,
      ),
  };
}
