import { intervalBars } from "../charts/intervals.js";
import { ifHollow } from "../charts/scales.js";
import { chosenOnly, different, inPeriod, where } from "../data.js";
import { figure, html } from "../elements.js";
import { NOTHING, agreeing, between, count, counted, periodName, share } from "../format.js";
import { earlyWarnings } from "./parts/alerts.js";
import { expectedRates } from "./parts/expected.js";
import {
  MATURITIES,
  empty,
  filter,
  flagsOf,
  immatureNote,
  periodFilter,
  runningQuarter,
  scope,
  valuesFilter,
  warning,
  onlyUsual,
} from "./parts/common.js";
import { table } from "../table.js";

const BARS_DRAWN = 15;

export const skusPage = {
  name: "skus",
  menu: "Products",
  question: "Which SKUs have the highest return rate this quarter?",
  needs: ["returned_skus", "skus", "categories", "alerts", "nowcast", "periods", "through"],
  filters: (data) => [
    periodFilter(data.periods, runningQuarter(data.periods)),
    valuesFilter(
      "category",
      "Category",
      different(data.skus, "product_category"),
      "all categories",
    ),
    filter("maturity", "Orders", MATURITIES, "to_date"),
  ],
  filtersWithoutOrders: (data) => onlyUsual(skusPage.filters(data), ["category", "maturity"]),
  showWithoutOrders(data, chosen) {
    const rows = where(data.returned_skus, { period: chosen.period });
    const [first] = rows;
    return {
      answer: first
        ? `${first.sku} came back most often: ${counted(first.group_units, "unit")}. ` +
          "Whether that is many depends on the units sold, which are known only if orders are loaded."
        : "No unit came back in this period.",
      parts: [
        scope("return_reason_share", "By period of the return; not a ranking by return rate."),
        table({
          caption: `Returned units by SKU, ${periodName(chosen.period)}`,
          file: "returned-units-by-sku",
          rows,
          columns: [
            { name: "sku", label: "SKU", kind: "code" },
            {
              name: "group_units",
              label: "Units returned",
              kind: "count",
              drillDown: (row) => ({
                heading: `Orders behind: ${row.sku}, ${periodName(chosen.period)}`,
                from: "units",
                test: (unit) => unit.sku === row.sku && inPeriod(unit.return_date, chosen.period),
              }),
            },
            { name: "parent_return_reason", label: "Most frequent reason" },
            { name: "returned_units", label: "Units with that reason", kind: "count" },
            { name: "return_reason_share", label: "Share of the units", kind: "share" },
          ],
        }),
      ],
    };
  },
  show(data, chosen) {
    const wanted = { period: chosen.period, maturity: chosen.maturity };
    const category = chosenOnly("product_category", chosen.category);
    const rows = where(data.skus, { ...wanted, ...category });
    const ranked = where(rows, { is_ranked: true });
    const top = ranked.find((row) => row.returned_units > 0);
    return {
      answer: top
        ? `${nameOf(top)} comes back most: ${count(top.returned_units)} of ${counted(top.sold_units, "unit")} ` +
          "sold, pooled with its product and category " +
          `${between(top.unit_return_rate_pooled, top.unit_return_rate_pooled_lower, top.unit_return_rate_pooled_upper)}.`
        : `Nothing ${ranked.length ? "that was sold in this period has come back" : "was sold in this period"}.`,
      parts: [
        scope(
          "unit_return_rate_pooled",
          "Ranked by the pooled rate: the fewer units a SKU sold, the more its " +
            `rate is shrunk towards that of its product and category.${
              rows.length > ranked.length
                ? ` ${count(ranked.length)} of ${counted(rows.length, "SKU")} ${agreeing(ranked.length, "is", "are")} ranked; the ${agreeing(rows.length - ranked.length, "other")} had no sales.`
                : ""
            }`,
        ),
        rows.some((row) => row.is_period_mature === false) && chosen.maturity === "to_date"
          ? warning(immatureNote(data.through[0]))
          : null,
        ...earlyWarnings(data.alerts),
        ranked.length ? html("h2", {}, "Return rate by SKU") : null,
        ranked.length
          ? figure(
              "Highest pooled return rates",
              ranked
                .slice(0, 3)
                .map((row) => `${nameOf(row)}: ${share(row.unit_return_rate_pooled)}`)
                .join("; "),
              intervalBars(ranked.slice(0, BARS_DRAWN).map((row) => pooledBar(row))),
              ifHollow(
                ranked.map(pooledBar),
                "Hollow bars: the period is immature, its rate will still rise.",
              ),
            )
          : null,
        rows.length
          ? table({
              caption: `Return rate by SKU, ${periodName(chosen.period)}`,
              file: "return-rate-by-sku",
              rows,
              flags: flagsOf,
              columns: [
                ...rateColumns(
                  [
                    { name: "sku", label: "SKU", kind: "code" },
                    { name: "product_title", label: "Product" },
                    { name: "product_category", label: "Category" },
                  ],
                  (row) => drillDownRate(row, chosen, "sku"),
                ),
                { name: "unit_return_rate_pooled", label: "Pooled rate", kind: "share" },
              ],
            })
          : empty("Nothing was sold in this period, or its orders are not mature yet."),
        ...categoriesOf(where(data.categories, wanted), chosen),
        ...expectedRates(
          data.nowcast,
          chosen.period,
          {
            dimension_type: "category",
            ...chosenOnly("dimension_value", chosen.category),
          },
          "Category",
        ),
      ],
    };
  },
};

const nameOf = (row) => (row.product_title ? `${row.product_title} (${row.sku})` : row.sku);

const rateBar = (label, row) => ({
  label,
  value: row.unit_return_rate,
  lower: row.unit_return_rate_lower,
  upper: row.unit_return_rate_upper,
  hollow: !row.is_ranked || row.is_period_mature === false,
});

const pooledBar = (row) => ({
  ...rateBar(nameOf(row), row),
  value: row.unit_return_rate_pooled,
  lower: row.unit_return_rate_pooled_lower,
  upper: row.unit_return_rate_pooled_upper,
});

const rateColumns = (names, drillDown) => [
  ...names,
  { name: "sold_units", label: "Units sold", kind: "count" },
  { name: "returned_units", label: "Units returned", kind: "count", drillDown },
  { name: "unit_return_rate", label: "Rate", kind: "share" },
  { name: "unit_return_rate_lower", label: "At least", kind: "share" },
  { name: "unit_return_rate_upper", label: "At most", kind: "share" },
  { name: "value_return_rate", label: "Of value", kind: "share" },
];

function categoriesOf(rows, chosen) {
  if (!rows.length) return [];
  return [
    html("h2", {}, "And by category?"),
    figure(
      "Return rate by category",
      rows.map((row) => `${row.product_category}: ${share(row.unit_return_rate)}`).join("; "),
      intervalBars(rows.map((row) => rateBar(row.product_category ?? NOTHING, row))),
    ),
    table({
      caption: `Return rate by category, ${periodName(chosen.period)}`,
      file: "return-rate-by-category",
      rows,
      flags: flagsOf,
      columns: rateColumns([{ name: "product_category", label: "Category" }], (row) =>
        drillDownRate(row, chosen, "product_category"),
      ),
    }),
  ];
}

function drillDownRate(row, chosen, column) {
  return {
    heading: `Orders behind: ${row[column]}, ${periodName(chosen.period)}`,
    from: "order_lines",
    test: (line) =>
      line[column] === row[column] &&
      inPeriod(line.order_date, chosen.period) &&
      (chosen.maturity === "to_date" || line.is_mature),
  };
}
