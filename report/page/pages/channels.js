import { intervalBars } from "../charts/intervals.js";
import { ifHollow } from "../charts/scales.js";
import { chosenOnly, different, inPeriod, where } from "../data.js";
import { figure } from "../elements.js";
import {
  UNNAMED_CHANNELS,
  agreeing,
  between,
  channelName,
  counted,
  list,
  periodName,
  share,
} from "../format.js";
import { expectedRates } from "./parts/expected.js";
import {
  MATURITIES,
  empty,
  filter,
  flagsOf,
  immatureNote,
  isImmature,
  periodFilter,
  scope,
  valuesFilter,
  warning,
} from "./parts/common.js";
import { quarterTrend } from "./parts/quarters.js";
import { table } from "../table.js";

const CHANNEL_TYPES = [
  ["acquisition_channel", "of the customer's first order"],
  ["order_channel", "of the order"],
  ["sales_channel", "sales channel of the order"],
];

const isKnown = (row) => !(row.channel in UNNAMED_CHANNELS);

export const channelsPage = {
  name: "channels",
  menu: "Channels",
  question: "Which acquisition channels bring the orders that are returned least?",
  needs: ["channels", "nowcast", "periods", "through"],
  filters: (data, chosen) => [
    periodFilter(data, "all"),
    filter("type", "Which channel", CHANNEL_TYPES, "acquisition_channel"),
    valuesFilter(
      "channel",
      "Show",
      different(
        where(data.channels, { channel_type: chosen.type ?? "acquisition_channel" }),
        "channel",
      ),
      "all channels",
      channelName,
    ),
    filter("maturity", "Orders", MATURITIES, "mature_only"),
  ],
  show(data, chosen) {
    const rows = where(data.channels, {
      channel_type: chosen.type,
      period: chosen.period,
      maturity: chosen.maturity,
      ...chosenOnly("channel", chosen.channel),
    });
    const series = channelTrend(data, chosen);
    return {
      answer: channelsAnswer(where(rows, { is_ranked: true }), chosen.channel !== "all"),
      parts: [
        scope(
          "order_return_rate",
          "Ranked by the upper bound of the 95% interval, lowest first. " +
            "Channels sell different products. The last column shows the unit return rate that each channel would have if it sold the shop’s mix of SKUs. " +
            "The pages on outcomes and reasons can be filtered by channel, category and country together.",
        ),
        rows.some(isImmature) ? warning(immatureNote(data.through[0])) : null,
        rows.length
          ? figure(
              "Return rate by channel",
              rows
                .map((row) => `${channelName(row.channel)}: ${share(row.order_return_rate)}`)
                .join("; "),
              intervalBars(rows.map(channelBar)),
              ifHollow(
                rows.map(channelBar),
                "Hollow bars: the channel has few orders, or too many immature ones.",
              ),
            )
          : null,
        series,
        rows.length
          ? table({
              caption: `Return rate by channel, ${periodName(chosen.period)}`,
              file: "return-rate-by-channel",
              rows,
              flags: flagsOf,
              columns: [
                { name: "channel", label: "Channel", show: channelName },
                { name: "order_count", label: "Orders", kind: "count" },
                {
                  name: "returned_order_count",
                  label: "Returned",
                  kind: "count",
                  drillDown: (row) => drillDownChannel(row, chosen),
                },
                { name: "order_return_rate", label: "Rate", kind: "share" },
                { name: "order_return_rate_lower", label: "At least", kind: "share" },
                { name: "order_return_rate_upper", label: "At most", kind: "share" },
                { name: "refund_order_rate", label: "With a refund", kind: "share" },
                {
                  name: "exchange_order_rate",
                  label: "With an exchange",
                  kind: "share",
                },
                {
                  name: "refund_value_rate",
                  label: "Revenue refunded",
                  kind: "share",
                },
                { name: "unit_return_rate", label: "Units", kind: "share" },
                {
                  name: "unit_return_rate_standardised",
                  label: "Units, at the shop’s mix",
                  kind: "share",
                },
              ],
            })
          : empty("No order matches these filters in this period."),
        ...(chosen.type === "order_channel"
          ? expectedRates(
              data,
              chosen.period,
              {
                dimension_type: "channel",
                ...chosenOnly("dimension_value", chosen.channel),
              },
              "Channel",
              channelName,
            )
          : []),
      ],
    };
  },
};

/** The best channel that has a name; unattributed orders are described separately. */
function channelsAnswer(ranked, isChosen) {
  const described = (row) =>
    `${between(row.order_return_rate, row.order_return_rate_lower, row.order_return_rate_upper)} ` +
    `of ${counted(row.order_count, "order")}`;
  const [best, ...others] = ranked.filter(isKnown);
  const unknown = ranked
    .filter((row) => !isKnown(row))
    .map((row) => `${channelName(row.channel)}: ${described(row)}`);
  const beside = unknown.length ? ` Without a channel: ${unknown.join("; ")}.` : "";
  if (!best) return `No channel has enough orders in this period to be ranked.${beside}`;
  const close = others.filter((row) => row.order_return_rate_lower <= best.order_return_rate_upper);
  const doubt = close.length
    ? ` The ${agreeing(close.length, "range")} of ${list(close.map((row) => row.channel))} ` +
      `${agreeing(close.length, "overlaps", "overlap")} with it.`
    : "";
  if (!others.length && !isChosen)
    return `Only ${best.channel} has enough orders in this period to be ranked: ${described(best)} came back.${beside}`;
  return `${best.channel}: ${described(best)} came back.${doubt}${beside}`;
}

const channelBar = (row) => ({
  label: channelName(row.channel),
  value: row.order_return_rate,
  lower: row.order_return_rate_lower,
  upper: row.order_return_rate_upper,
  hollow: !row.is_ranked || isImmature(row),
});

/** A single channel is also shown over time. */
function channelTrend(data, chosen) {
  if (chosen.channel === "all") return null;
  const rows = where(data.channels, {
    channel_type: chosen.type,
    channel: chosen.channel,
    maturity: "to_date",
    period_type: "quarter",
  });
  return quarterTrend(`“${chosen.channel}” by quarter, all orders to date`, rows, (row) => ({
    value: row.order_return_rate,
    lower: row.order_return_rate_lower,
    upper: row.order_return_rate_upper,
    few: !row.is_ranked,
    hollow: !row.is_ranked || isImmature(row),
  }));
}

function drillDownChannel(row, chosen) {
  return {
    heading: `Returned orders behind: ${row.channel}, ${periodName(chosen.period)}`,
    from: "orders",
    test: (order) =>
      order.is_returned_order &&
      order[chosen.type] === row.channel &&
      inPeriod(order.order_date, chosen.period) &&
      (chosen.maturity === "to_date" || order.is_mature),
  };
}
