// What a merchandise planner needs of each style and size.
import { addressOf } from "../../address.js";
import { chosenOnly, where } from "../../data.js";
import { html } from "../../elements.js";
import { count, date, isNothing } from "../../format.js";
import { table } from "../../table.js";
import { note } from "./common.js";
import { compareSizes } from "./sizes.js";

const KNOWN = 0.8;

const units = (name, label) => ({
  name,
  label,
  kind: "count",
  show: (value) => count(isNothing(value) ? value : Math.round(value)),
});

/** Returns a heading, two sentences and the table of a year's demand; nothing without an estimate. */
export function demandBySize({ demand }, { category, style }) {
  const rows = where(demand, {
    ...chosenOnly("product_category", category),
    ...chosenOnly("product_title", style),
  });
  if (!rows.length) return [];
  const [{ orders_from_date: first, data_through_date: last }] = rows;
  return [
    html("h2", {}, "Demand by size"),
    note(
      `All orders from ${date(first)} to ${date(last)}, whatever period is chosen. Demand counts each unit ` +
        "under the size that the shopper chose in the end: sold, plus sent out in exchange, minus exchanged. " +
        "Net demand is what shoppers are expected to keep. Sizes are immature if less than 80% of their " +
        "returns are known; the rate to plan with is the pooled one.",
      "demand_by_size",
    ),
    html(
      "p",
      {},
      html(
        "a",
        { href: addressOf("exchanges", { product: style }) },
        "Which size is exchanged for which",
      ),
    ),
    table({
      caption: `Demand by size, orders from ${date(first)} to ${date(last)}`,
      file: "demand-by-size",
      rows: rows.toSorted(
        (a, b) => a.product_title.localeCompare(b.product_title) || compareSizes(a.size, b.size),
      ),
      filters: ["category", "style"],
      flags: ({ share_known: known }) => (!isNothing(known) && known < KNOWN ? ["immature"] : []),
      columns: [
        { name: "product_title", label: "Style" },
        { name: "size", label: "Size", compare: compareSizes },
        units("sold_units", "Sold"),
        units("returned_units", "Returned"),
        units("exchanged_out_units", "Exchanged"),
        units("exchanged_in_units", "Sent in exchange"),
        units("demand_units", "Demand"),
        units("net_demand_units", "Net demand"),
        { name: "unit_return_rate_pooled", label: "Pooled rate", kind: "share" },
        { name: "share_known", label: "Returns known", kind: "share" },
        units("median_days_to_return", "Days to return"),
        { name: "resale_share", label: "Resold", kind: "share" },
        units("median_days_to_resale", "Days to resale"),
      ],
    }),
  ];
}
