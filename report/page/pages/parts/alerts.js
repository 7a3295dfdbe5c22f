// Early warnings: products, SKUs, sizes and reasons that are returned more often than their peers.
import { addressOf } from "../../address.js";
import { chosenOnly, where } from "../../data.js";
import { html } from "../../elements.js";
import { count, isNothing } from "../../format.js";
import { table } from "../../table.js";
import { note } from "./common.js";

const KINDS = {
  product: () => "product",
  sku: (row) => `SKU ${row.dimension_value}`,
  size: (row) => `size ${row.dimension_value}`,
  reason: (row) => `reason ${row.reason_group}`,
};
const ratio = (value) =>
  isNothing(value) ? "no returns among its peers" : `${value.toFixed(1)} times`;

/**
 * Returns a heading, a sentence and the table of warnings for a choice of goods; a good sentence if
 * there are none.
 */
export function earlyWarnings(alerts, chosen) {
  const goods = {
    ...chosenOnly("product_category", chosen.category),
    ...chosenOnly("product_title", chosen.style),
  };
  const rows = where(alerts, goods).map((row) =>
    Object.assign({ kind: KINDS[row.dimension_type](row) }, row),
  );
  const isAll = !Object.keys(goods).length;
  return [
    html("h2", {}, "Early warnings"),
    note(
      rows.length
        ? `Returned more often than their peers by more than chance, the clearest first: ${rows[0].alert_text}. ` +
            "One fault may be listed as a product, a size and a SKU."
        : isAll
          ? "There is no early warning: no product, size, SKU or reason is returned more often than its peers by more " +
            "than chance."
          : "There is no early warning for these goods.",
      "return_alert",
    ),
    rows.length
      ? table({
          caption: "Returned more often than peers",
          file: "early-warnings",
          rows,
          filters: ["category", "style"],
          columns: [
            {
              name: "product_title",
              label: "Product",
              link: ({ product_title: style }) => addressOf("skus", { style }),
            },
            { name: "kind", label: "What stands out" },
            { name: "noticed_date", label: "First noticed", kind: "date" },
            { name: "orders_from_date", label: "Orders since", kind: "date" },
            { name: "sold_units", label: "Units sold", kind: "count" },
            { name: "returned_units", label: "Came back", kind: "count" },
            {
              name: "expected_returned_units",
              label: "At its peers' rate",
              kind: "count",
              show: (value) => (isNothing(value) ? count(value) : count(Math.round(value))),
            },
            { name: "return_ratio", label: "As often as its peers", kind: "count", show: ratio },
            { name: "reasons_grown", label: "Reasons that grew" },
          ],
        })
      : null,
  ];
}
