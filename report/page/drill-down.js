// The orders behind a figure, in a dialogue over the page.
import { rowsOf } from "./data.js";
import { html } from "./elements.js";
import { count, outcomeName, spaced } from "./format.js";
import { table } from "./table.js";

const yesOrNo = (value) => (value ? "yes" : "no");

const ORDER = { name: "order_name", label: "Order", kind: "code" };
const LISTS = {
  returns: [
    ORDER,
    { name: "return_date", label: "Return started", kind: "date" },
    { name: "root_order_date", label: "First order", kind: "date" },
    { name: "return_state", label: "State" },
    { name: "outcome_group", label: "Outcome", show: outcomeName },
    { name: "days_to_return", label: "Days to return", kind: "count" },
    { name: "refund_amount", label: "Refund", kind: "money" },
    { name: "gift_card_amount", label: "Store credit", kind: "money" },
    { name: "exchanged_value", label: "Exchanged", kind: "money" },
    { name: "upsell_amount", label: "Upsell", kind: "money" },
    { name: "net_return_cost", label: "Net cost", kind: "money" },
  ],
  units: [
    ORDER,
    { name: "return_date", label: "Return started", kind: "date" },
    { name: "sku", label: "SKU", kind: "code" },
    { name: "product_title", label: "Product" },
    { name: "product_category", label: "Category" },
    { name: "parent_return_reason", label: "Reason" },
    { name: "return_reason", label: "In detail" },
    { name: "line_outcome", label: "Outcome", show: outcomeName },
  ],
  exchanges: [
    ORDER,
    { name: "return_date", label: "Return started", kind: "date" },
    { name: "from_sku", label: "Sent back", kind: "code" },
    { name: "from_product_title", label: "Product" },
    { name: "to_sku", label: "Taken", kind: "code" },
    { name: "to_product_title", label: "Product taken" },
    { name: "exchange_order_name", label: "Order of the exchange", kind: "code" },
    { name: "is_returned_again", label: "Returned again", show: yesOrNo },
  ],
  unmatched: [
    ORDER,
    { name: "return_date", label: "Return started", kind: "date" },
    { name: "return_state", label: "State" },
    { name: "outcome_group", label: "Outcome", show: outcomeName },
  ],
  order_lines: [
    ORDER,
    { name: "order_date", label: "Ordered", kind: "date" },
    { name: "sku", label: "SKU", kind: "code" },
    { name: "product_title", label: "Product" },
    { name: "sold_units", label: "Units sold", kind: "count" },
    { name: "returned_units", label: "Units returned", kind: "count" },
  ],
  orders: [
    ORDER,
    { name: "order_date", label: "Ordered", kind: "date" },
    { name: "order_channel", label: "Channel of the order" },
    { name: "acquisition_channel", label: "Channel of the first order" },
    { name: "order_gross_revenue", label: "Gross revenue", kind: "money" },
    { name: "net_return_cost", label: "Net return cost", kind: "money" },
  ],
  first_returns: [
    ORDER,
    { name: "anchor_date", label: "First return", kind: "date" },
    { name: "outcome_group", label: "Outcome", show: outcomeName },
    { name: "has_repurchased", label: "Bought again in 90 days", show: yesOrNo },
    { name: "days_to_repurchase", label: "After days", kind: "count" },
  ],
  ledger_differences: [
    ORDER,
    { name: "tie_date", label: "Day", kind: "date" },
    { name: "difference_amount", label: "Difference", kind: "money" },
    { name: "ledger_amount", label: "Ledger", kind: "money" },
    { name: "shopify_amount", label: "Shopify", kind: "money" },
    { name: "reason_class", label: "Reason", show: spaced },
    { name: "tie_line", label: "Of", show: spaced },
    { name: "shopify_order_id", label: "Shopify’s id", kind: "code" },
  ],
};

LISTS.unlinked = LISTS.units;

/**
 * Lists the rows of a data set for which a predicate is true. `total` is their number if the data set
 * has only the first ones, and `filters` names the filters that they passed.
 */
async function openDrillDown({ heading, from, test, filters, total = 0 }) {
  const dialogue = document.getElementById("drill-down");
  const rows = (await rowsOf(from)).filter(test);
  dialogue.replaceChildren(
    html(
      "form",
      { method: "dialog" },
      html("h2", { id: "drill-down-heading" }, heading),
      html("button", { autofocus: true }, "Close"),
    ),
    total > rows.length
      ? html("p", { class: "note" }, `The ${count(rows.length)} largest of ${count(total)}.`)
      : "",
    rows.length
      ? table({ caption: heading, file: `orders-${from}`, columns: LISTS[from], rows, filters })
      : html("p", {}, "No order is listed: the model that lists them is not in this warehouse."),
  );
  dialogue.showModal();
  dialogue.scrollTop = 0;
}

/** Registers the handler that lists the rows of a drill-down button. */
export function openDrillDowns() {
  document.addEventListener("drilldown", (event) => openDrillDown(event.detail));
}
