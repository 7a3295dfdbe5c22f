import { addressOf } from "../address.js";
import { different, isRunning, where } from "../data.js";
import { html } from "../elements.js";
import {
  NOTHING,
  agreeing,
  between,
  count,
  counted,
  date,
  interval,
  list,
  outcomeColour,
  outcomeName,
  periodName,
  points,
  roundMoney,
  share,
  isNothing,
} from "../format.js";
import { expectedRates } from "./parts/expected.js";
import {
  currencyFilter,
  currentQuarter,
  defined,
  immatureNote,
  lastOver,
  outcomesInOrder,
  periodBefore,
  periodFilter,
  warning,
} from "./parts/common.js";
import { quarterTrend } from "./parts/quarters.js";

export const glancePage = {
  name: "glance",
  menu: "At a glance",
  question: "The shop's returns at a glance",
  needs: [
    "currencies",
    "metrics",
    "outcomes",
    "cost",
    "timing",
    "retention_periods",
    "retention",
    "periods",
    "through",
    "changes",
    "nowcast",
    "sentences",
    "verdicts",
  ],
  filters: (data) => [
    periodFilter(data, lastOver(data, "month") ?? currentQuarter(data.periods)),
    currencyFilter(data.cost, data.currencies),
  ],
  showWithoutOrders(data, chosen) {
    const before = periodBefore(data.periods, chosen.period);
    const view = { data, period: chosen.period, before, currency: chosen.currency };
    const [row] = outcomesOf(view, chosen.period);
    return {
      answer: row
        ? `${counted(row.denominator, "return was", "returns were")} started (${periodName(chosen.period)}).`
        : "No return was started in this period.",
      parts: [
        whatChanged(data),
        periodsShown(view),
        html(
          "ul",
          { class: "tiles" },
          [outcomeTile, costTile, retainedTile].map((tileOf) => html("li", {}, tileOf(view))),
        ),
      ],
    };
  },
  show(data, chosen) {
    const before = periodBefore(data.periods, chosen.period);
    const young = where(data.cost, {
      date_basis: "order",
      maturity: "to_date",
      period: chosen.period,
    }).some((row) => row.is_period_mature === false);
    const view = { data, period: chosen.period, before, currency: chosen.currency, young };
    const [verdict] = where(data.verdicts, { period: chosen.period });
    return {
      answer: verdict?.text ?? rateSoFar(view),
      parts: [
        whatChanged(data),
        periodsShown(view),
        young
          ? warning(`${periodName(chosen.period)} is immature. ${immatureNote(data.through[0])}`)
          : null,
        html(
          "ul",
          { class: "tiles" },
          [rateTile, outcomeTile, costTile, retainedTile, timingTile, repurchaseTile].map(
            (tileOf) => html("li", {}, tileOf(view)),
          ),
        ),
        html("p", { class: "note" }, INTERVALS),
        rateTrend(data, young),
        ...expectedRates(data, "all", { dimension_type: "all" }),
      ],
    };
  },
};

const INTERVALS =
  "Ranges are 95% intervals unless they say 80%; a difference is more than noise if its 95% interval does " +
  "not include zero. Amounts and days have no interval.";

/** The returned orders of a period of which no verdict can be given. */
function rateSoFar(view) {
  const rate = metricOf(view, "order_return_rate", "order", view.period);
  if (!rate) return "There is no eligible order in this period yet.";
  const { numerator, denominator, metric_value, metric_value_lower, metric_value_upper } = rate;
  return (
    `${count(numerator)} of ${counted(denominator, "order")} (${periodName(view.period)}) ` +
    `${agreeing(numerator, "has", "have")} a return${view.young ? " so far" : ""}: ` +
    `${between(metric_value, metric_value_lower, metric_value_upper)}.`
  );
}

/** Links to the last month and the last quarter that are over, and what is compared. */
function periodsShown({ data, period, before }) {
  const ends = ["month", "quarter"]
    .map((type) => [type, lastOver(data, type)])
    .filter(([, last]) => last);
  const links = ends.flatMap(([type, last], place) => [
    place ? `, the last ${type} ` : `The last ${type} that is over is `,
    last === period
      ? periodName(last)
      : html("a", { href: addressOf("glance", { period: last }) }, periodName(last)),
  ]);
  return html(
    "p",
    { class: "scope" },
    links,
    links.length ? ". " : "",
    before
      ? `Below each figure is the figure of ${periodName(before)}.`
      : "There is no earlier period to compare with.",
  );
}

const metricOf = ({ data, currency }, metric, basis, period) =>
  where(data.metrics, { metric_name: metric, date_basis: basis, maturity: "to_date", period }).find(
    // A metric of money has a row per currency, any other has one row.
    (row) => isNothing(row.currency_code) || row.currency_code === currency,
  );

/** The sentences that can also be mailed, each with a link to its page. */
const whatChanged = ({ sentences, through }) =>
  sentences.length > 0 &&
  html(
    "section",
    { class: "changed", "aria-labelledby": "changed" },
    html(
      "h2",
      { id: "changed" },
      `What changed in the week to ${date(through[0].data_through_date)}`,
    ),
    html(
      "ul",
      {},
      sentences.map((row) =>
        html(
          "li",
          {},
          `${row.text} `,
          html("a", { href: addressOf(row.page, new URLSearchParams(row.choices)) }, row.link),
        ),
      ),
    ),
  );

/** The difference of a figure to the period before, and whether it is noise, if both compare. */
function changeOf({ data, period, currency }, wanted) {
  const row = where(data.changes, { dimension_value: "all", period, ...wanted }).find(
    (one) => isNothing(one.currency_code) || one.currency_code === currency,
  );
  if (!row) return null;
  const noise = row.is_notable ? "more than noise" : "within noise";
  return [points(row.metric_change), isNothing(row.is_notable) ? null : noise]
    .filter(Boolean)
    .join(", ");
}

/** The differences of several outcomes. */
const changesOf = (view, metric, outcomes) =>
  outcomes
    .map((outcome) => [
      outcomeName(outcome),
      changeOf(view, { compared_metric_name: metric, dimension_value: outcome }),
    ])
    .filter(([, change]) => change)
    .map((pair) => pair.join(" "))
    .join("; ");

/** A figure with its metric, its value in the previous period, and a link to its page. */
function tile({ heading, page, metric, figure: main, several, detail, before, view, ...more }) {
  return html(
    "article",
    { class: "tile" },
    html("h2", {}, html("a", { href: addressOf(page, { period: view.period }) }, heading)),
    several?.length
      ? html(
          "ul",
          { class: "several" },
          several.map(([name, value]) => html("li", {}, html("strong", {}, value), name)),
        )
      : html("p", { class: "figure" }, main),
    detail ? html("p", { class: "detail" }, detail) : null,
    more.extra ?? null,
    view.before
      ? html("p", { class: "before" }, `${periodName(view.before)}: ${before ?? NOTHING}`)
      : null,
    view.before && more.change
      ? html("p", { class: "change" }, `Difference: ${more.change} `, more.why)
      : null,
    html("p", { class: "define" }, "Metric: ", defined(metric)),
  );
}

export const pairs = (several) => list(several.map((pair) => pair.join(" ")));

/** The return rate; of an immature month the expected one, because the rate to date says little. */
function rateTile(view) {
  const [month] = where(view.data.nowcast, { dimension_type: "all", period: view.period });
  return view.young && month ? expectedTile(view, month) : rateToDateTile(view);
}

function expectedTile(view, month) {
  const [verdict] = where(view.data.verdicts, { period: view.period });
  const { unit_return_rate_expected_lower_80: lower, unit_return_rate_expected_upper_80: upper } =
    month;
  return tile({
    view,
    heading: "Expected return rate",
    page: "channels",
    metric: "unit_return_rate_expected",
    figure: share(month.unit_return_rate_expected),
    detail: `of ${counted(month.sold_units, "unit")} will have come back in the end, 80% interval ${interval(lower, upper)}`,
    before: verdict && `${share(verdict.previous_value)} expected`,
    change: changeOf(view, { compared_metric_name: "unit_return_rate_expected" }),
  });
}

function rateToDateTile(view) {
  const described = (row) =>
    row && between(row.metric_value, row.metric_value_lower, row.metric_value_upper);
  const now = metricOf(view, "order_return_rate", "order", view.period);
  return tile({
    view,
    heading: "Return rate",
    page: "channels",
    metric: "order_return_rate",
    figure: share(now?.metric_value),
    detail: now
      ? `${interval(now.metric_value_lower, now.metric_value_upper)} of ${counted(now.denominator, "order")}`
      : null,
    before: described(view.before && metricOf(view, "order_return_rate", "order", view.before)),
    change:
      changeOf(view, { compared_metric_name: "order_return_rate" }) ??
      (view.young ? "not known yet, the period is immature" : null),
  });
}

function outcomeTile(view) {
  const parts = (period) =>
    outcomesInOrder(different(outcomesOf(view, period), "outcome")).map(
      (outcome) => where(outcomesOf(view, period), { outcome })[0],
    );
  const described = (rows) =>
    rows.map((row) => `${outcomeName(row.outcome)} ${share(row.share)}`).join(", ");
  const now = parts(view.period);
  const bar = html(
    "span",
    { class: "split", "aria-hidden": "true" },
    now.map((row) => {
      const part = html("span", { class: `mark ${outcomeColour(row.outcome)}` });
      part.style.width = `${100 * row.share}%`;
      return part;
    }),
  );
  return tile({
    view,
    heading: "Outcomes",
    page: "outcomes",
    metric: "outcome_share_returns",
    figure: now.length ? `${share(now[0].share)} ${outcomeName(now[0].outcome)}` : NOTHING,
    detail: now.length
      ? `${described(now.slice(1))} of ${counted(now[0].denominator, "return")}`
      : null,
    extra: now.length ? bar : null,
    before: view.before && described(parts(view.before)),
    change: changesOf(view, "outcome_share_returns", now.length ? [now[0].outcome] : []),
  });
}

const outcomesOf = ({ data }, period) =>
  where(data.outcomes, {
    metric_name: "outcome_share_returns",
    date_basis: "return",
    stage: "initiated",
    maturity: "to_date",
    period,
  });

function costTile(view) {
  const of = (period) =>
    where(view.data.cost, {
      cost_form: "net_return_cost",
      date_basis: "return",
      maturity: "to_date",
      currency_code: view.currency,
      period,
    })[0];
  // Without orders there is no revenue to compare with.
  const described = (row) =>
    row &&
    [
      roundMoney(row.net_cost, row.currency_code),
      isNothing(row.cost_share_of_gross) ? null : share(row.cost_share_of_gross),
    ]
      .filter(Boolean)
      .join(", ");
  const now = of(view.period);
  const running = isRunning(view.period, view.data.through[0]);
  const change = changeOf(view, { compared_metric_name: "net_return_cost_pct_gross" });
  return tile({
    view,
    heading: "Net cost of returns",
    page: "cost",
    metric: "net_return_cost_pct_gross",
    figure: now ? roundMoney(now.net_cost, now.currency_code) : NOTHING,
    detail:
      now && !isNothing(now.cost_share_of_gross)
        ? `${share(now.cost_share_of_gross)} of ${roundMoney(now.order_gross_revenue, now.currency_code)} gross revenue`
        : null,
    before: described(view.before && of(view.before)),
    change: running
      ? "not known yet, the period is not over"
      : change && `share of gross revenue ${change}`,
    why: running
      ? null
      : html(
          "a",
          { href: addressOf("cost", { period: view.period, part: "why-did-the-cost-change" }) },
          "why?",
        ),
  });
}

function retainedTile(view) {
  const now = metricOf(view, "retained_revenue_ratio", "return", view.period);
  const was = view.before && metricOf(view, "retained_revenue_ratio", "return", view.before);
  return tile({
    view,
    heading: "Retained revenue",
    page: "outcomes",
    metric: "retained_revenue_ratio",
    figure: share(now?.metric_value),
    detail: now
      ? `${roundMoney(now.numerator, view.currency)} of ${roundMoney(now.denominator, view.currency)} ` +
        "returned value stayed as exchange or credit"
      : null,
    before: was && share(was.metric_value),
    change: changeOf(view, { compared_metric_name: "retained_revenue_ratio" }),
  });
}

function timingTile(view) {
  const of = (period) =>
    ["exchange", "refund", "credit"]
      .map(
        (outcome) =>
          where(view.data.timing, {
            metric_name: "days_to_return",
            maturity: "to_date",
            period,
            outcome_group: outcome,
          })[0],
      )
      .filter(Boolean)
      .map((row) => [outcomeName(row.outcome_group), count(row.median_days)]);
  return tile({
    view,
    heading: "Median days to return",
    page: "timing",
    metric: "days_to_return",
    figure: NOTHING,
    several: of(view.period),
    detail: "days from order to return, by outcome",
    before: view.before && pairs(of(view.before)),
  });
}

function repurchaseTile(view) {
  const of = (period) =>
    period === "all" ? view.data.retention : where(view.data.retention_periods, { period });
  const known = (period) =>
    ["exchange", "refund", "credit"]
      .map((outcome) => where(of(period), { outcome_group: outcome })[0])
      .filter((row) => row?.is_ranked)
      .map((row) => [outcomeName(row.outcome_group), share(row.repurchase_rate_90d)]);
  return tile({
    view,
    heading: "Bought again within 90 days",
    page: "repurchase",
    metric: view.period === "all" ? "repurchase_rate_90d" : "repurchase_rate_90d_by_period",
    figure: "not yet known",
    several: known(view.period),
    detail: known(view.period).length
      ? "of customers, by outcome of their return"
      : "too few customers whose 90-day window has ended",
    before: view.before && (pairs(known(view.before)) || "too few customers"),
    change: changesOf(view, "repurchase_rate_90d_by_period", ["exchange", "refund", "credit"]),
  });
}

function rateTrend(data, isExplained) {
  const rows = where(data.metrics, {
    metric_name: "order_return_rate",
    maturity: "to_date",
    period_type: "quarter",
  });
  const young = (period) =>
    where(data.cost, { date_basis: "order", maturity: "to_date", period }).some(
      (row) => row.is_period_mature === false,
    );
  return quarterTrend(
    "Return rate by quarter of the order",
    rows,
    (row) => ({
      value: row.metric_value,
      lower: row.metric_value_lower,
      upper: row.metric_value_upper,
      hollow: young(row.period),
    }),
    `Lines show 95% intervals. Hollow: the quarter is immature. ${isExplained ? "" : immatureNote(data.through[0])}`,
  );
}
