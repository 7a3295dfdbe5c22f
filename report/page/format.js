// Figures as text; nothing is worked out here.
export const NOTHING = "–";
export const LOCALE = "en-GB";

const counts = new Intl.NumberFormat(LOCALE);
export const shares = new Intl.NumberFormat(LOCALE, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
export const days = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: "UTC" });
const currencies = new Map();

export const isNothing = (value) => value === null || value === undefined;

export const count = (value) => (isNothing(value) ? NOTHING : counts.format(value));
export const share = (value) => (isNothing(value) ? NOTHING : shares.format(value));
export const date = (value) => (isNothing(value) ? NOTHING : days.format(new Date(value)));

/** Money in its currency; without one, a plain number. */
export function money(value, currency) {
  if (isNothing(value)) return NOTHING;
  if (!currency) return counts.format(value);
  if (!currencies.has(currency)) {
    currencies.set(currency, new Intl.NumberFormat(LOCALE, { style: "currency", currency }));
  }
  return currencies.get(currency).format(value);
}

/** Money without its cents, for headlines; the tables have them. */
export function roundMoney(value, currency) {
  if (isNothing(value)) return NOTHING;
  return new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    maximumFractionDigits: 0,
  }).format(value);
}

/** The bounds of a 95% interval, or nothing. */
export function interval(lower, upper) {
  return isNothing(lower) || isNothing(upper) ? "" : `(${share(lower)} to ${share(upper)})`;
}

/** A share with its bounds. */
export const between = (value, lower, upper) =>
  [share(value), interval(lower, upper)].filter(Boolean).join(" ");

/** "a, b and c". */
export function list(words) {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

const PERIODS = { all: "all time" };
export const periodName = (period) => PERIODS[period] ?? period.replace("-Q", " Q");

const OUTCOMES = {
  exchange: "exchange",
  refund: "refund",
  credit: "store credit",
  mixed: "mixed",
  none: "no outcome",
  unresolved: "unresolved",
  "no return": "no return",
};
export const outcomeName = (outcome) => OUTCOMES[outcome] ?? outcome;
export const outcomeColour = (outcome) =>
  ["exchange", "refund", "credit", "mixed", "no return"].includes(outcome)
    ? outcome.replace(" ", "-")
    : "other";
export const OUTCOME_ORDER = ["exchange", "refund", "credit", "mixed", "unresolved", "none"];
