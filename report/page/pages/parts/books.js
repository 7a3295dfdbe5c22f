// The refund liability at each month end, and the ledger.
import { inPeriod, isRunning, where } from "../../data.js";
import { html } from "../../elements.js";
import { NOTHING, date, money, periodName, spaced } from "../../format.js";
import { table } from "../../table.js";
import { empty, ifChosen, note } from "./common.js";

const amounts = (name, label) => ({ name, label, kind: "money" });
const DAY = { name: "as_of_date", label: "On", kind: "date" };

/** Returns what is owed: the liability by month end, and what was requested and is not paid. */
export function liability(
  { liability: months, outstanding, return_asset: assets, through },
  currency,
) {
  const rows = where(months, { currency_code: currency });
  const goods = where(assets, { currency_code: currency });
  const owed = where(outstanding, { currency_code: currency });
  return [
    html("h2", {}, "What is still owed to customers?"),
    ...(rows.length
      ? [...rollForward(rows, through[0]), returnAsset(goods)]
      : [empty(NO_LIABILITY)]),
    owed.length
      ? table({
          caption: "Requested and not paid yet, by age of the request",
          file: "money-owed-by-age",
          rows: owed,
          filters: ["currency"],
          columns: [
            { name: "age_band", label: "Age" },
            amounts("owed_refund_amount", "Refunds"),
            amounts("owed_credit_amount", "Store credit"),
          ],
        })
      : html("p", { class: "note" }, "All requested refunds and credits are paid."),
  ];
}

const NO_LIABILITY =
  "The liability for returns still to come cannot be estimated: the estimate needs orders and enough past returns.";

/** All that is owed in one amount, and its two parts. */
function owedNow(row) {
  const [all, requested, expected] = ["amount", "requested_amount", "expected_amount"].map((name) =>
    money(row[`closing_${name}`], row.currency_code),
  );
  return (
    `On ${date(row.as_of_date)} the shop owes customers ${all}: ${requested} for returns that they ` +
    `have requested, and ${expected} expected for goods already sold whose return is not requested yet.`
  );
}

const rollForward = (rows, through) => [
  html("p", {}, owedNow(rows[0])),
  note(
    "Refunds and store credit count. Opening + additions − refunded − credited + re-estimated = closing.",
    "refund_liability",
  ),
  table({
    caption: "Refund liability by month end",
    file: "refund-liability",
    rows,
    filters: ["currency"],
    flags: (row) => (isRunning(row.as_of_date.slice(0, 7), through) ? ["running"] : []),
    columns: [
      DAY,
      amounts("opening_amount", "Opening"),
      amounts("added_amount", "Additions"),
      amounts("used_refund_amount", "Refunded"),
      amounts("used_credit_amount", "Credited"),
      amounts("reestimated_amount", "Re-estimated"),
      amounts("closing_amount", "Closing: owed"),
      amounts("closing_requested_amount", "Of it requested"),
    ],
  }),
  table({
    caption: "Each liability compared with later payments",
    file: "refund-liability-back-test",
    // The newest one has no later payments yet.
    rows: rows.slice(1),
    filters: ["currency"],
    columns: [
      DAY,
      amounts("closing_amount", "Liability then"),
      amounts("used_since_amount", "Paid since"),
      amounts("still_expected_amount", "Still expected"),
    ],
  }),
];

const returnAsset = (rows) =>
  table({
    caption: "Goods expected back at each month end",
    file: "return-asset",
    rows,
    filters: ["currency"],
    columns: [
      DAY,
      amounts("expected_returned_amount", "At their price, without tax"),
      amounts("return_asset_amount", "At cost: return asset"),
    ],
  });

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
          filters: ["period", "currency"],
          columns: [
            { name: "period", label: "Month", show: (month) => month ?? NOTHING },
            { name: "reason_class", label: "Reason", show: spaced },
            { name: "tie_line", label: "Of", show: spaced },
            amounts("ledger_amount", "Ledger"),
            amounts("shopify_amount", "Shopify"),
            amounts("difference_amount", "Difference"),
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

/** Returns the journal of each month of the chosen period; of all time, that of the newest month. */
export function journalOf({ journal, through }, { currency, period }) {
  const all = where(journal, { currency_code: currency });
  const [newest] = all;
  if (!newest) return [];
  const shown = period === "all" ? newest.period : period;
  const rows = all.filter((row) => inPeriod(row.period, shown));
  return [
    html("h2", {}, "Which entries should be booked for returns?"),
    note(
      "The journal of each month of the period, of all time only that of the newest month. The debits and " +
        "credits of a month are equal. The entries of a running month still change.",
      "ledger_journal",
    ),
    rows.length
      ? table({
          caption: `Journal of returns, ${periodName(shown)}`,
          file: "journal",
          rows,
          filters: ["currency", ...ifChosen(period)],
          flags: (row) => (isRunning(row.period, through[0]) ? ["running"] : []),
          columns: [
            { name: "period", label: "Month", kind: "period" },
            { name: "account_class", label: "Account", show: spaced },
            amounts("debit_amount", "Debit"),
            amounts("credit_amount", "Credit"),
            amounts("net_amount", "Net"),
          ],
        })
      : empty(`There are no entries in ${periodName(shown)}.`),
  ];
}
