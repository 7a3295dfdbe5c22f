// How each part of the cost differs from the period before.
import { where } from "../../data.js";
import { html } from "../../elements.js";
import { isNothing, periodName, roundMoney, share } from "../../format.js";
import { plus } from "../../months.js";
import { table } from "../../table.js";
import { inOrder, note, periodBefore } from "./common.js";

/** The parts of the chosen month or quarter, else of the newest month that is over. */
export function costChange({ cost, periods }, chosen) {
  const period = chosen.period === "all" ? newestMonth(periods) : chosen.period;
  const before = periodBefore(periods, period);
  const partsOf = (one) => {
    const rows = where(cost, {
      date_basis: chosen.basis,
      maturity: chosen.maturity,
      currency_code: chosen.currency,
      period: one,
    });
    return Object.fromEntries(rows.map((row) => [row.cost_form, row]));
  };
  const [now, was] = [partsOf(period), partsOf(before)];
  if (!now.net_return_cost || !was.net_return_cost) return [];
  // Costs of an immature period still rise.
  if (now.net_return_cost.is_period_mature === false) return [];
  const less = (one, other) => plus(one, isNothing(other) ? null : -other);
  const rows = PARTS.map(([part, amountOf]) => {
    const [amount, amountBefore] = [amountOf(now, less), amountOf(was, less)];
    return {
      part,
      amount,
      before: amountBefore,
      change: less(amount, amountBefore),
      currency_code: chosen.currency,
    };
  }).filter((row) => !isNothing(row.change));
  return [
    html("h2", {}, "Why did the cost change?"),
    note(changeOf(now.net_return_cost, was.net_return_cost, chosen), "net_return_cost_pct_gross"),
    table({
      caption: `Parts of the cost, ${periodName(period)} and ${periodName(before)}`,
      file: "cost-change",
      rows,
      columns: [
        { name: "part", label: "Part" },
        { name: "before", label: periodName(before), kind: "money" },
        { name: "amount", label: periodName(period), kind: "money" },
        { name: "change", label: "Difference", kind: "money" },
      ],
    }),
  ];
}

const newestMonth = (periods) =>
  inOrder(where(periods, { period_type: "month", is_current_period: false })).at(-1)?.period;

const net = (forms) => forms.net_return_cost.net_cost;
const cash = (forms) => forms.net_return_cost_cash?.net_cost;
const landed = (forms) => forms.net_return_cost_landed?.net_cost;
/** Each form of the cost has one part more than the one before. */
const PARTS = [
  ["Refunds less upsell payments", cash],
  ["Store credit", (forms, less) => less(net(forms), cash(forms))],
  ["Net cost", net],
  [
    "Labels and bonus credit, not in the net cost",
    (forms, less) => less(landed(forms), net(forms)),
  ],
  ["Gross revenue", (forms) => forms.net_return_cost.order_gross_revenue],
];

function changeOf(now, was, { currency }) {
  const [cost, costBefore] = [now, was].map((row) => roundMoney(row.net_cost, currency));
  const direction = now.net_cost > was.net_cost ? "rose" : "fell";
  const shares = [was, now].map((row) => share(row.cost_share_of_gross));
  const ofGross = isNothing(now.cost_share_of_gross)
    ? ""
    : ` As a share of gross revenue it was ${shares[0]} and is ${shares[1]}.`;
  return (
    `From ${periodName(was.period)} to ${periodName(now.period)} the net cost ${direction} from ` +
    `${costBefore} to ${cost}.${ofGross}`
  );
}
