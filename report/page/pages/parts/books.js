// The refund liability at each month end, and the ledger.
import { inPeriod, where } from "../../data.js";
import { html } from "../../elements.js";
import { NOTHING, periodName, spaced } from "../../format.js";
import { table } from "../../table.js";
import { empty, note } from "./common.js";

const money = (name, label) => ({ name, label, kind: "money" });
const DAY = { name: "as_of_date", label: "On", kind: "date" };

/** Returns what is owed: the liability by month end, and what was requested and is not paid. */
export function liability({ liability: months, outstanding }, currency) {
  const rows = where(months, { currency_code: currency });
  const owed = where(outstanding, { currency_code: currency });
  return [
    html("h2", {}, "What is still owed to customers?"),
    ...(rows.length ? rollForward(rows) : [empty(NO_LIABILITY)]),
    owed.length
      ? table({
          caption: "Requested and not paid yet, by age of the request",
          file: "money-owed-by-age",
          rows: owed,
          columns: [
            { name: "age_band", label: "Age" },
            money("owed_refund_amount", "Refunds"),
            money("owed_credit_amount", "Store credit"),
          ],
        })
      : html("p", { class: "note" }, "All requested refunds and credits are paid."),
  ];
}

const NO_LIABILITY =
  "The liability for returns still to come cannot be estimated: the estimate needs orders and enough past returns.";

const rollForward = (rows) => [
  note(
    "Refunds and store credit for returns that were requested, and those expected for goods already " +
      "sold. Opening + additions − refunded − credited + re-estimated = closing.",
    "refund_liability",
  ),
  table({
    caption: "Refund liability by month end",
    file: "refund-liability",
    rows,
    flags: (row) => (row.is_month_end ? [] : ["running"]),
    columns: [
      DAY,
      money("opening_amount", "Opening"),
      money("added_amount", "Additions"),
      money("used_refund_amount", "Refunded"),
      money("used_credit_amount", "Credited"),
      money("reestimated_amount", "Re-estimated"),
      money("closing_amount", "Closing"),
      money("closing_requested_amount", "For requested returns"),
    ],
  }),
  table({
    caption: "Each liability compared with later payments",
    file: "refund-liability-back-test",
    // The newest one has no later payments yet.
    rows: rows.slice(1),
    columns: [
      DAY,
      money("closing_amount", "Liability then"),
      money("used_since_amount", "Paid since"),
      money("still_expected_amount", "Still expected"),
    ],
  }),
];

/** Returns the differences of the books to Shopify in the months of the chosen period. */
export function differences({ ledger_tie: ties }, { currency, period }) {
  const rows = where(ties, { currency_code: currency }).filter(
    (row) => period === "all" || inPeriod(row.period, period),
  );
  return [
    html("h2", {}, "Does the ledger agree with Shopify?"),
    note(
      "Amounts in the ledger of returns minus the amounts that Shopify booked, by month and reason for the difference. " +
        "Equal amounts are left out. The number of cases lists the orders, the largest difference first.",
      "ledger_tie",
    ),
    rows.length
      ? table({
          caption: `Differences by month and reason, ${periodName(period)}`,
          file: "ledger-differences",
          rows,
          columns: [
            { name: "period", label: "Month", show: (month) => month ?? NOTHING },
            { name: "reason_class", label: "Reason", show: spaced },
            { name: "tie_line", label: "Of", show: spaced },
            money("ledger_amount", "Ledger"),
            money("shopify_amount", "Shopify"),
            money("difference_amount", "Difference"),
            {
              name: "case_count",
              label: "Cases",
              kind: "count",
              drillDown: ordersBehind,
            },
          ],
        })
      : empty("There is no difference."),
  ];
}

const ordersBehind = ({ period, reason_class, tie_line, currency_code, case_count: total }) => ({
  heading: `Orders behind: ${spaced(reason_class)}, ${spaced(tie_line)}, ${period ?? "no date"}`,
  from: "ledger_differences",
  test: (row) => where([row], { period, reason_class, tie_line, currency_code }).length,
  total,
});

/** Returns the journal of the chosen month, else of the newest one. */
export function journalOf({ journal }, { currency, period }) {
  const rows = where(journal, { currency_code: currency });
  const [month] = [...where(rows, { period }), ...rows];
  if (!month) return [];
  return [
    html("h2", {}, "Which entries should be booked for returns?"),
    note("The journal of a month; debits and credits are equal.", "ledger_journal"),
    table({
      caption: `Journal of returns, ${periodName(month.period)}`,
      file: "journal",
      rows: where(rows, { period: month.period }),
      columns: [
        { name: "account_class", label: "Account", show: spaced },
        money("debit_amount", "Debit"),
        money("credit_amount", "Credit"),
        money("net_amount", "Net"),
      ],
    }),
  ];
}
