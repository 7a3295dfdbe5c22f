// Sizes and colours of a style or of categories, and the reasons for which each size came back.
import { inPeriod, where } from "../../data.js";
import { html } from "../../elements.js";
import { UNKNOWN, between, count, counted, periodName } from "../../format.js";
import { addedBy } from "../../months.js";
import { table } from "../../table.js";
import { flagsOf, note } from "./common.js";
import { unitShares } from "./crossed.js";

const OPTIONS = { size: "Size", colour: "Colour" };
const REASONS_SHOWN = 7;
const FEW_UNITS = 10;
const REASON = ["parent_return_reason", "return_reason"];
const LETTERS = ["XXXS", "XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"];

export const styleOf = (sku) => sku.product_title ?? sku.sku;

/** The rates by size and by colour: those of a style, else of each category. */
export function sizesAndColours(data, chosen, wanted, columnsOf) {
  const rowsOf = (option) =>
    chosen.style === "all"
      ? where(data.options, { ...wanted, option_name: option })
      : ratesOf(data, chosen.style, wanted, option);
  const tables = Object.entries(OPTIONS).flatMap(([option, label]) => {
    const rows = rowsOf(option);
    if (!rows.some((row) => isKnown(row[option]))) return [];
    const names = [
      { name: option, label, compare: option === "size" ? compareSizes : undefined },
      ...(chosen.style === "all" ? [{ name: "product_category", label: "Category" }] : []),
    ];
    return table({
      caption: `Return rate by ${option}, ${periodName(chosen.period)}`,
      file: `return-rate-by-${option}`,
      rows,
      flags: ({ is_period_mature, maturity }) => flagsOf({ is_period_mature, maturity }),
      columns: columnsOf(names),
    });
  });
  return tables.length ? [html("h2", {}, "Return rate by size and colour"), ...tables] : [];
}

const isKnown = (value) => value !== UNKNOWN;

/** The rates of a style by size or colour, the sums of its SKUs. */
function ratesOf({ skus, variants }, style, wanted, option) {
  const options = new Map(variants.map((row) => [row.sku, row[option]]));
  const rows = where(skus, wanted).filter((row) => styleOf(row) === style);
  const found = addedBy(
    rows.map((row) => Object.assign({ [option]: options.get(row.sku) ?? UNKNOWN }, row)),
    {
      by: [option],
      add: ["returned_units", "sold_units"],
      share: "unit_return_rate",
      part: "returned_units",
      whole: "sold_units",
      counts: () => true,
    },
  );
  return option === "size" ? found.toSorted((a, b) => compareSizes(a.size, b.size)) : found;
}

/** A sentence on the size of a style that is returned more often than the others beyond chance. */
export function worstSize(data, style, wanted) {
  const rows = ratesOf(data, style, wanted, "size").filter(
    (row) => isKnown(row.size) && row.sold_units > 0,
  );
  const [top, ...others] = rows.toSorted(
    (a, b) => b.unit_return_rate_lower - a.unit_return_rate_lower,
  );
  const isSure = others.every((row) => row.unit_return_rate_upper < top.unit_return_rate_lower);
  return others.length && isSure
    ? ` Of its sizes, ${top.size} comes back most: ${count(top.returned_units)} of ` +
        `${counted(top.sold_units, "unit")}, ` +
        `${between(top.unit_return_rate, top.unit_return_rate_lower, top.unit_return_rate_upper)}.`
    : "";
}

/** A heat map of sizes by reason, as a table. */
export function reasonsBySize(data, chosen) {
  const units = data.size_reasons.filter(
    (row) =>
      isKnown(row.size) &&
      inPeriod(row.month_date, chosen.period) &&
      (chosen.maturity === "to_date" || row.is_mature) &&
      isOfGoods(row, chosen),
  );
  if (!units.length) return [];
  const shares = { share: "share", whole: "units" };
  const reasons = unitShares(units, { by: REASON, ...shares }).slice(0, REASONS_SHOWN);
  const rows = unitShares(units, { by: ["size"], ...shares }).map(({ size, returned_units }) => {
    const own = where(units, { size });
    const byReason = reasons.map((reason) => sum(where(own, reasonOf(reason))));
    const others = returned_units - total(byReason);
    return Object.assign({ size, units: returned_units, others }, byReason);
  });
  const column = (name, label, drillDown) => ({
    name,
    label,
    header: label,
    kind: "count",
    shade: (row) => (row.units < FEW_UNITS ? 0 : row[name] / row.units),
    drillDown,
  });
  return [
    html("h2", {}, "Why does each size come back?"),
    note(
      "All units that came back from the orders of the period, also units that were received in an exchange " +
        "or that came back under warranty. Return rates leave these out, so they may count fewer units of a " +
        "size. The darker a cell, the larger its share of the units of its size; sizes with fewer than " +
        `${FEW_UNITS} units are not coloured.`,
      "return_reason_share",
    ),
    table({
      caption: `Returned units by size and reason, ${periodName(chosen.period)}`,
      file: "reasons-by-size",
      rows: rows.toSorted((a, b) => compareSizes(a.size, b.size)),
      flags: (row) => (row.units < FEW_UNITS ? ["few"] : []),
      columns: [
        { name: "size", label: "Size", compare: compareSizes },
        ...reasons.map((reason, place) =>
          column(place, reasonName(reason), (row) => drillDownSize(row, reason, chosen)),
        ),
        ...(total(rows.map((row) => row.others)) ? [column("others", "Other reasons")] : []),
        { name: "units", label: "All", kind: "count" },
      ],
    }),
  ];
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);
const sum = (units) => total(units.map((unit) => unit.returned_units));

const reasonOf = (row) => Object.fromEntries(REASON.map((name) => [name, row[name]]));

const reasonName = ({ parent_return_reason: parent, return_reason: child }) =>
  parent === child ? parent : `${parent}: ${child}`;

const isOfGoods = (row, { category, style }) =>
  ["all", row.product_category].includes(category) && ["all", row.product_title].includes(style);

/** Letters from small to large, then numbers and other texts. */
export function compareSizes(one, other) {
  const [a, b] = [one, other].map((size) => LETTERS.indexOf(size.toUpperCase()));
  if (a >= 0 && b >= 0) return a - b;
  if (a >= 0 || b >= 0) return b - a;
  return one.localeCompare(other, undefined, { numeric: true });
}

function drillDownSize(row, reason, chosen) {
  return {
    heading: `Orders behind: ${row.size}, ${reasonName(reason)}, ${periodName(chosen.period)}`,
    from: "units",
    test: (unit) =>
      unit.is_in_order_cohort &&
      unit.size === row.size &&
      where([unit], reasonOf(reason)).length > 0 &&
      inPeriod(unit.root_order_date, chosen.period) &&
      (chosen.maturity === "to_date" || unit.is_order_mature) &&
      isOfGoods(unit, chosen),
  };
}
