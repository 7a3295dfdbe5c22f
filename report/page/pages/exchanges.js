import { flowRibbons } from "../charts/flows.js";
import { legend } from "../charts/scales.js";
import { chosenOnly, different, inPeriod, where } from "../data.js";
import { figure } from "../elements.js";
import { count, counted, periodName, share } from "../format.js";
import { periodFilter, scope, valuesFilter, onlyUsual } from "./parts/common.js";
import { table } from "../table.js";

const FLOWS_DRAWN = 24;
const FLOW_COLOURS = {
  "other variant": "exchange",
  "other product": "credit",
  "same variant": "mixed",
};

export const exchangesPage = {
  name: "exchanges",
  menu: "Exchanges",
  question: "What do customers take in exchange for what they send back?",
  needs: ["exchange_flows", "periods"],
  sums: {
    exchange_flows: {
      by: ["from_variant_id", "to_variant_id", "flow_kind"],
      ties: ["from_sku", "to_sku", "flow_kind"],
      add: ["exchanged_units", "returned_again_units"],
      share: "exchange_flow_share",
      part: "exchanged_units",
      whole: "from_units",
      within: {
        from_units: ["from_variant_id"],
        from_product_units: ["from_product"],
      },
    },
  },
  filters: (data, chosen) => {
    const all = { period: "all", category: chosen.category ?? "all", product: "all" };
    const rows = flowsChosen(data, all).filter((row) => row.flow_kind !== "not paired");
    const products = different(
      rows.toSorted((a, b) => b.from_product_units - a.from_product_units),
      "from_product_title",
    );
    return [
      periodFilter(data, "all"),
      valuesFilter(
        "category",
        "Category sent back",
        different(data.exchange_flows, "from_product_category"),
        "all categories",
      ),
      // The chart shows one product at a time, first the one exchanged most.
      {
        ...valuesFilter("product", "Product sent back", products, "all products"),
        usual: products[0] ?? "all",
      },
    ];
  },
  filtersWithoutOrders: (data, chosen) =>
    onlyUsual(exchangesPage.filters(data, chosen), ["category"]),
  showWithoutOrders: (data, chosen) => exchangesPage.show(data, chosen),
  show(data, chosen) {
    const rows = flowsChosen(data, chosen);
    if (!rows.length)
      return { answer: "Nothing was sent out in exchange in this period.", parts: [] };
    const paired = rows.filter((row) => row.flow_kind !== "not paired");
    const drawn = paired.slice(0, FLOWS_DRAWN).map((row) => ({
      from: skuOf(row, "from"),
      to: skuOf(row, "to"),
      value: row.exchanged_units,
      colour: FLOW_COLOURS[row.flow_kind],
    }));
    return {
      answer: flowsAnswer(paired, chosen),
      parts: [
        scope(
          "exchange_flow_share",
          "By period of the return. Items sent out that Loop does not pair with a returned unit are “not " +
            "paired”; they belong to no product, so they are only in the table of all products.",
        ),
        drawn.length ? legend(kindsOf(drawn)) : null,
        drawn.length
          ? figure(
              paired.length > drawn.length
                ? `The ${count(drawn.length)} largest of ${count(paired.length)} flows`
                : "From the variant sent back to the variant taken",
              drawn
                .slice(0, 5)
                .map((flow) => `${flow.from} to ${flow.to}: ${count(flow.value)}`)
                .join("; "),
              flowRibbons(drawn),
              "The number on a ribbon is its number of units; most flows have few.",
            )
          : null,
        table({
          caption: `Flows of exchanges, ${periodName(chosen.period)}`,
          file: "exchange-flows",
          rows: [...paired, ...where(rows, { flow_kind: "not paired" })],
          columns: [
            { name: "from_sku", label: "Sent back", kind: "code" },
            { name: "from_product_title", label: "Product" },
            { name: "to_sku", label: "Taken", kind: "code" },
            { name: "flow_kind", label: "Kind" },
            {
              name: "exchanged_units",
              label: "Units",
              kind: "count",
              drillDown: (row) => drillDownFlow(row, chosen),
            },
            { name: "from_units", label: "Of", kind: "count" },
            { name: "exchange_flow_share", label: "Share", kind: "share" },
            {
              name: "returned_again_units",
              label: "Replacement returned too",
              kind: "count",
              drillDown: (row) => drillDownFlow(row, chosen, true),
            },
          ],
        }),
      ],
    };
  },
};

/** Colour and name of the kinds among some flows. */
const kindsOf = (flows) =>
  Object.entries(FLOW_COLOURS)
    .map(([kind, colour]) => [colour, kind])
    .filter(([colour]) => flows.some((flow) => flow.colour === colour));

const skuOf = (row, end) => row[`${end}_sku`] ?? row[`${end}_variant_id`];

const flowsChosen = (data, { period, category, product }) =>
  where(data.exchange_flows, {
    period,
    ...chosenOnly("from_product_category", category),
    ...chosenOnly("from_product_title", product),
  });

function flowsAnswer([row, ...others], chosen) {
  if (!row) return "No item sent out can be paired with the unit it replaced.";
  if (!others.length && row.exchanged_units === 1)
    return `One unit was exchanged: ${skuOf(row, "from")} went back and ${skuOf(row, "to")} was taken.`;
  const place =
    chosen.product === "all"
      ? "Of all products"
      : `Of ${counted(row.from_product_units, "unit")} of ${row.from_product_title} exchanged`;
  if (row.exchanged_units === 1)
    return `${place}, every exchange was between a different pair of variants.`;
  return (
    `${place}, most often ${skuOf(row, "from")} went back and ${skuOf(row, "to")} was taken: ` +
    `${count(row.exchanged_units)} of ${counted(row.from_units, "unit")} exchanged from that variant, ${share(row.exchange_flow_share)}.`
  );
}

function drillDownFlow(row, chosen, again = false) {
  return {
    heading: `Exchanges behind: ${skuOf(row, "from") ?? "not paired"} for ${skuOf(row, "to")}, ${periodName(chosen.period)}`,
    from: "exchanges",
    test: (one) =>
      inPeriod(one.return_date, chosen.period) &&
      one.from_variant_id === row.from_variant_id &&
      one.to_variant_id === row.to_variant_id &&
      one.flow_kind === row.flow_kind &&
      (!again || one.is_returned_again),
  };
}
