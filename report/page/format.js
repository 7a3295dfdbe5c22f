// Formats figures as text; nothing is calculated here.
export const NOTHING = "–";
export const LOCALE = "en-GB";

// A figure that rounds to zero has no sign.
const signDisplay = "negative";
const counts = new Intl.NumberFormat(LOCALE, { signDisplay });
export const shares = new Intl.NumberFormat(LOCALE, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay,
});
export const days = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: "UTC" });
const currencies = new Map();

export const isNothing = (value) => value === null || value === undefined;

export const count = (value) => (isNothing(value) ? NOTHING : counts.format(value));

/** The word that agrees with a number: its singular or its plural, one with "s" unless given. */
export const agreeing = (value, singular, plural = `${singular}s`) =>
  value === 1 ? singular : plural;

/** A number with the words that agree with it: "1 return was", "2 returns were". */
export const counted = (value, ...words) => `${count(value)} ${agreeing(value, ...words)}`;

export const share = (value) => (isNothing(value) ? NOTHING : shares.format(value));
export const date = (value) => (isNothing(value) ? NOTHING : days.format(new Date(value)));

/** Money in its currency; without one, a plain number. */
export const money = (value, currency) => amount(value, currency, {});

/** Money without cents, for headlines. */
export const roundMoney = (value, currency) =>
  amount(value, currency, { maximumFractionDigits: 0 });

/** Money with all decimals of the warehouse. */
export const exactMoney = (value, currency) =>
  amount(value, currency, { maximumFractionDigits: 20 });

function amount(value, currency, digits) {
  if (isNothing(value)) return NOTHING;
  if (!currency) return new Intl.NumberFormat(LOCALE, { signDisplay, ...digits }).format(value);
  const name = `${currency} ${digits.maximumFractionDigits}`;
  if (!currencies.has(name)) currencies.set(name, amountFormat(currency, digits));
  return currencies.get(name).format(value);
}

/** A format for amounts; a code that is not in the form of ISO 4217 is appended unchanged. */
function amountFormat(currency, digits) {
  if (/^[A-Za-z]{3}$/.test(currency)) {
    return new Intl.NumberFormat(LOCALE, { style: "currency", currency, signDisplay, ...digits });
  }
  const plain = new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: digits.maximumFractionDigits === 0 ? 0 : 2,
    maximumFractionDigits: 2,
    signDisplay,
    ...digits,
  });
  return { format: (value) => `${plain.format(value)} ${currency}` };
}

const signedPoints = new Intl.NumberFormat(LOCALE, {
  signDisplay: "exceptZero",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** A difference of shares in percentage points, with its sign. */
export const points = (value) =>
  isNothing(value) ? NOTHING : `${signedPoints.format(value * 100)} points`;

/** The bounds of a 95% interval, or nothing. */
export function interval(lower, upper) {
  return isNothing(lower) || isNothing(upper) ? "" : `(${share(lower)} to ${share(upper)})`;
}

/** A share with its bounds. */
export const between = (value, lower, upper) =>
  [share(value), interval(lower, upper)].filter(Boolean).join(" ");

/** A name from the warehouse, with spaces. */
export const spaced = (name) => name.replaceAll("_", " ");

/** "a, b and c". */
export function list(words) {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

const PERIODS = { all: "all time" };
export const periodName = (period) =>
  PERIODS[period] ?? period.replace("-Q", " Q").replace("..", " to ");

/** What marts call a missing name. */
export const UNKNOWN = "(none)";

export const NO_CHANNEL = "(none) / (none)";

/** What channels without a name are called. */
export const UNNAMED_CHANNELS = {
  [NO_CHANNEL]: "no known source",
  "(guest)": "guests, whose first order is unknown",
};
export const channelName = (channel) => UNNAMED_CHANNELS[channel] ?? channel;

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
const SHAPES = { exchange: "circle", refund: "square", credit: "triangle" };
export const outcomeShape = (outcome) => SHAPES[outcome] ?? "diamond";
export const OUTCOME_ORDER = ["exchange", "refund", "credit", "mixed", "unresolved", "none"];
