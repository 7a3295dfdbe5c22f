import { addressOf } from "../address.js";
import { intervalBars } from "../charts/intervals.js";
import { ifHollow } from "../charts/scales.js";
import { chosenOnly, different, inPeriod, where } from "../data.js";
import { figure, html } from "../elements.js";
import { NOTHING, agreeing, between, count, counted, periodName, share } from "../format.js";
import { earlyWarnings } from "./parts/alerts.js";
import { demandBySize } from "./parts/demand.js";
import { expectedRates } from "./parts/expected.js";
import {
  MATURITIES,
  empty,
  filter,
  flagsOf,
  immatureNote,
  isImmature,
  periodFilter,
  currentQuarter,
  scope,
  valuesFilter,
  warning,
  onlyUsual,
} from "./parts/common.js";
import { reasonsBySize, sizesAndColours, styleOf, worstSize } from "./parts/sizes.js";
import { table } from "../table.js";

const BARS_DRAWN = 15;

export const skusPage = {
  name: "skus",
  menu: "Products",
  question: "Which SKUs have the highest return rate this quarter?",
  needs: [
    "returned_skus",
    "skus",
    "variants",
    "styles",
    "options",
    "size_reasons",
    "categories",
    "demand",
    "alerts",
    "nowcast",
    "periods",
    "through",
  ],
  filters: (data, chosen) => [
    periodFilter(data, currentQuarter(data.periods)),
    valuesFilter(
      "category",
      "Category",
      different(data.skus, "product_category"),
      "all categories",
    ),
    valuesFilter(
      "style",
      "Style",
      different(
        where(data.styles, chosenOnly("product_category", chosen.category ?? "all")),
        "product_title",
      ),
      "all styles",
    ),
    filter("maturity", "Orders", MATURITIES, "to_date"),
  ],
  filtersWithoutOrders: (data, chosen) =>
    onlyUsual(skusPage.filters(data, chosen), ["category", "style", "maturity"]),
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
    const goods = { ...wanted, ...chosenOnly("product_category", chosen.category) };
    const styles = where(data.styles, { ...goods, ...chosenOnly("product_title", chosen.style) });
    const rows = where(data.skus, goods).filter(
      (row) => chosen.style === "all" || styleOf(row) === chosen.style,
    );
    const ranked = where(rows, { is_ranked: true });
    return {
      answer: answerOf(ranked, styles, worstSize(data, chosen.style, wanted)),
      parts: [
        scope(
          "unit_return_rate_pooled",
          "Ranked by the pooled rate: the fewer units a style or SKU sold, the more its " +
            `rate is shrunk towards that of its product and category.${
              rows.length > ranked.length
                ? ` ${count(ranked.length)} of ${counted(rows.length, "SKU")} ${agreeing(ranked.length, "is", "are")} ranked; the ${agreeing(rows.length - ranked.length, "other")} had no sales.`
                : ""
            }`,
        ),
        rows.some(isImmature) ? warning(immatureNote(data.through[0])) : null,
        ...earlyWarnings(data.alerts, chosen),
        ...stylesOf(styles, chosen),
        ...sizesAndColours(data, chosen, goods, (names) => rateColumns(names, chosen)),
        ...reasonsBySize(data, chosen),
        ...demandBySize(data, chosen),
        html("h2", {}, "Return rate by SKU"),
        rows.length
          ? table({
              caption: `Return rate by SKU, ${periodName(chosen.period)}`,
              file: "return-rate-by-sku",
              rows,
              flags: flagsOf,
              columns: pooledColumns(
                [
                  { name: "sku", label: "SKU", kind: "code" },
                  { name: "product_title", label: "Product" },
                  { name: "product_category", label: "Category" },
                ],
                chosen,
                ["sku"],
              ),
            })
          : empty("Nothing was sold in this period, or its orders are not mature yet."),
        ...(chosen.style === "all" ? categoriesOf(where(data.categories, wanted), chosen) : []),
        ...expectedRates(
          data,
          chosen.period,
          chosen.style === "all"
            ? { dimension_type: "category", ...chosenOnly("dimension_value", chosen.category) }
            : { dimension_type: "product", product_title: chosen.style },
          chosen.style === "all" ? "Category" : null,
        ),
      ],
    };
  },
};

function answerOf(ranked, styles, worst) {
  const described = (row, name, peers) =>
    `${name} comes back most: ${count(row.returned_units)} of ${counted(row.sold_units, "unit")} ` +
    `sold (${share(row.unit_return_rate)}); pooled with its ${peers}, the rate is ` +
    `${between(row.unit_return_rate_pooled, row.unit_return_rate_pooled_lower, row.unit_return_rate_pooled_upper)}.`;
  const top = ranked.find((row) => row.returned_units > 0);
  const style = styles.find((row) => row.is_ranked && row.returned_units > 0);
  if (!top)
    return `Nothing ${ranked.length ? "that was sold in this period has come back" : "was sold in this period"}.`;
  const ofStyles =
    styles.length > 1 && style
      ? ` Of the styles, ${described(style, style.product_title, "category")}`
      : "";
  return described(top, nameOf(top), "product and category") + ofStyles + worst;
}

/** Bars and a table of styles; one style has only its row. */
function stylesOf(styles, chosen) {
  const { period, category, maturity } = chosen;
  const ranked = where(styles, { is_ranked: true });
  if (!ranked.length) return [];
  return [
    html("h2", {}, "Return rate by style"),
    ranked.length > 1
      ? figure(
          "Highest pooled return rates",
          ranked
            .slice(0, 3)
            .map((row) => `${row.product_title}: ${share(row.unit_return_rate_pooled)}`)
            .join("; "),
          intervalBars(ranked.slice(0, BARS_DRAWN).map(pooledBar)),
          ifHollow(
            ranked.map(pooledBar),
            "Hollow bars: the period is immature, its rate will still rise.",
          ),
        )
      : null,
    table({
      caption: `Return rate by style, ${periodName(chosen.period)}`,
      file: "return-rate-by-style",
      rows: styles,
      flags: flagsOf,
      columns: pooledColumns(
        [
          {
            name: "product_title",
            label: "Style",
            link: ({ product_title: style }) =>
              addressOf("skus", { period, category, maturity, style }),
          },
          { name: "product_category", label: "Category" },
        ],
        chosen,
        ["product_title"],
      ),
    }),
  ];
}

const nameOf = (row) => (row.product_title ? `${row.product_title} (${row.sku})` : row.sku);

const rateBar = (label, row) => ({
  label,
  value: row.unit_return_rate,
  lower: row.unit_return_rate_lower,
  upper: row.unit_return_rate_upper,
  hollow: !row.is_ranked || isImmature(row),
});

const pooledBar = (row) => ({
  ...rateBar(row.product_title, row),
  value: row.unit_return_rate_pooled,
  lower: row.unit_return_rate_pooled_lower,
  upper: row.unit_return_rate_pooled_upper,
});

/** Columns of rates; `keys` name the columns that the orders behind a row have in common. */
const rateColumns = (names, chosen, keys = names.map(({ name }) => name)) => [
  ...names,
  { name: "sold_units", label: "Units sold", kind: "count" },
  {
    name: "returned_units",
    label: "Units returned",
    kind: "count",
    drillDown: (row) => drillDownRate(row, chosen, keys),
  },
  { name: "unit_return_rate", label: "Rate", kind: "share" },
  { name: "unit_return_rate_lower", label: "At least", kind: "share" },
  { name: "unit_return_rate_upper", label: "At most", kind: "share" },
];

const OF_VALUE = { name: "value_return_rate", label: "Of value", kind: "share" };

const pooledColumns = (names, chosen, keys) => [
  ...rateColumns(names, chosen, keys),
  OF_VALUE,
  { name: "unit_return_rate_pooled", label: "Pooled rate", kind: "share" },
];

function categoriesOf(rows, chosen) {
  if (!rows.length) return [];
  return [
    html("h2", {}, "Return rate by category"),
    figure(
      "Return rate by category",
      rows.map((row) => `${row.product_category}: ${share(row.unit_return_rate)}`).join("; "),
      intervalBars(rows.map((row) => rateBar(row.product_category ?? NOTHING, row))),
    ),
    table({
      caption: `Return rate by category, ${periodName(chosen.period)}`,
      file: "return-rate-by-category",
      rows,
      filters: ["period", "maturity"],
      flags: flagsOf,
      columns: [
        ...rateColumns([{ name: "product_category", label: "Category" }], chosen),
        OF_VALUE,
      ],
    }),
  ];
}

function drillDownRate(row, chosen, keys) {
  return {
    heading: `Orders behind: ${keys.map((key) => row[key]).join(", ")}, ${periodName(chosen.period)}`,
    from: "order_lines",
    test: (line) =>
      keys.every((key) => line[key] === row[key]) &&
      (chosen.style === "all" || styleOf(line) === chosen.style) &&
      inPeriod(line.order_date, chosen.period) &&
      (chosen.maturity === "to_date" || line.is_mature),
  };
}
