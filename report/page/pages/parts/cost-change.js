// How each part of the cost differs from the period before.
import { where } from "../../data.js";
import { html } from "../../elements.js";
import { isNothing, list, periodName, roundMoney, share } from "../../format.js";
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
    note(
      changeOf(now.net_return_cost, was.net_return_cost, rows, chosen),
      "net_return_cost_pct_gross",
    ),
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

/** The month before the running one; a later one may have orders, but its returns are unknown. */
function newestMonth(periods) {
  const months = inOrder(where(periods, { period_type: "month" }));
  const running = months.findIndex((month) => month.is_current_period);
  return (running < 0 ? months : months.slice(0, running)).at(-1)?.period;
}

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

/** How the net cost and its parts changed, and how its share of gross revenue did. */
function changeOf(now, was, rows, { currency }) {
  const inMoney = (value) => roundMoney(value, currency);
  const told = (part) =>
    where(rows, { part }).map(({ before, amount }) =>
      moved(part.toLowerCase(), before, amount, inMoney),
    );
  const parts = ["Refunds less upsell payments", "Store credit"].flatMap(told);
  const shares = [was, now].map((row) => row.cost_share_of_gross);
  const ofGross = shares.some(isNothing)
    ? ""
    : ` ${moved("As a share of gross revenue the cost", ...shares, share)}; ${told("Gross revenue")}.`;
  return (
    `From ${periodName(was.period)} to ${periodName(now.period)} ` +
    `${[told("Net cost"), list(parts)].filter((text) => text.length).join(": ")}.${ofGross}`
  );
}

function moved(name, before, amount, show) {
  const [from, to] = [show(before), show(amount)];
  if (from === to) return `${name} stayed at ${to}`;
  return `${name} ${amount > before ? "rose" : "fell"} from ${from} to ${to}`;
}
