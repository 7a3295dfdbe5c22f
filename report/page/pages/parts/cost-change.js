// How each part of the cost differs from the period before.
import { isRunning, where } from "../../data.js";
import { html } from "../../elements.js";
import { isNothing, list, periodName, roundMoney, share } from "../../format.js";
import { plus } from "../../months.js";
import { table } from "../../table.js";
import { ifChosen, lastOver, periodBefore } from "./common.js";

/** The parts of the chosen month or quarter, else of the last month that is over. */
export function costChange({ cost, periods, through }, chosen) {
  const period = chosen.period === "all" ? lastOver({ periods, through }, "month") : chosen.period;
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
  // Costs of an immature period, and of one that is not over, still rise.
  if (now.net_return_cost.is_period_mature === false || isRunning(period, through[0])) return [];
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
    html("p", {}, changeOf(now.net_return_cost, was.net_return_cost, rows, chosen)),
    table({
      caption: `Parts of the cost, ${periodName(period)} and ${periodName(before)}`,
      file: "cost-change",
      rows,
      filters: ["basis", "maturity", "currency", ...ifChosen(chosen.period)],
      columns: [
        { name: "part", label: "Part" },
        { name: "before", label: periodName(before), kind: "money" },
        { name: "amount", label: periodName(period), kind: "money" },
        { name: "change", label: "Difference", kind: "money" },
      ],
    }),
  ];
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
    : ` ${moved("As a share of gross revenue the cost", ...shares, share)}` +
      `${reasonOf(now, was)}; ${told("Gross revenue")}.`;
  return (
    `From ${periodName(was.period)} to ${periodName(now.period)} ` +
    `${[told("Net cost"), list(parts)].filter((text) => text.length).join(": ")}.${ofGross}`
  );
}

/** Whether the cost or the gross revenue changed the share; nothing if the share did not change. */
function reasonOf(now, was) {
  const [cost, revenue] = ["net_cost", "order_gross_revenue"].map((name) => now[name] / was[name]);
  if (
    !(cost > 0 && revenue > 0) ||
    share(was.cost_share_of_gross) === share(now.cost_share_of_gross)
  )
    return "";
  const direction = (ratio) => (ratio > 1 ? "rose" : "fell");
  if (cost > 1 !== revenue > 1)
    return `, because the cost ${direction(cost)} and gross revenue ${direction(revenue)}`;
  const [more, less] =
    cost > revenue === cost > 1 ? ["the cost", "gross revenue"] : ["gross revenue", "the cost"];
  return `, because ${more} ${direction(cost)} by a larger share than ${less}`;
}

function moved(name, before, amount, show) {
  const [from, to] = [show(before), show(amount)];
  if (from === to) return `${name} stayed at ${to}`;
  return `${name} ${amount > before ? "rose" : "fell"} from ${from} to ${to}`;
}
