// Figures as text; nothing is worked out here.

const NOTHING = "–";
const LOCALE = "en-GB";

const counts = new Intl.NumberFormat(LOCALE);
const shares = new Intl.NumberFormat(LOCALE, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
});
const days = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: "UTC" });
const currencies = new Map();

const isNothing = (value) => value === null || value === undefined;

const count = (value) => (isNothing(value) ? NOTHING : counts.format(value));
const share = (value) => (isNothing(value) ? NOTHING : shares.format(value));
const date = (value) => (isNothing(value) ? NOTHING : days.format(new Date(value)));

/** Money in its currency; without one, a plain number. */
function money(value, currency) {
  if (isNothing(value)) return NOTHING;
  if (!currency) return counts.format(value);
  if (!currencies.has(currency)) {
    currencies.set(currency, new Intl.NumberFormat(LOCALE, { style: "currency", currency }));
  }
  return currencies.get(currency).format(value);
}

/** Money without its cents, for headlines; the tables have them. */
function roundMoney(value, currency) {
  if (isNothing(value)) return NOTHING;
  return new Intl.NumberFormat(LOCALE, { style: "currency", currency, maximumFractionDigits: 0 }).format(value);
}

/** The bounds of a 95% interval, or nothing. */
function interval(lower, upper) {
  return isNothing(lower) || isNothing(upper) ? "" : `(${share(lower)} to ${share(upper)})`;
}

/** A share with its bounds. */
const between = (value, lower, upper) =>
  [share(value), interval(lower, upper)].filter(Boolean).join(" ");

/** "a, b and c". */
function list(words) {
  return words.length < 2 ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

const PERIODS = { all: "all time" };
const periodName = (period) => PERIODS[period] ?? period.replace("-Q", " Q");

const OUTCOMES = {
  exchange: "exchange", refund: "refund", credit: "store credit", mixed: "mixed",
  none: "no outcome", unresolved: "unresolved", "no return": "no return",
};
const outcomeName = (outcome) => OUTCOMES[outcome] ?? outcome;
const outcomeColour = (outcome) =>
  ["exchange", "refund", "credit", "mixed", "no return"].includes(outcome)
    ? outcome.replace(" ", "-") : "other";
const OUTCOME_ORDER = ["exchange", "refund", "credit", "mixed", "unresolved", "none"];
