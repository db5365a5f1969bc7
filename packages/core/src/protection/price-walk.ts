import { type MarginForm, type Quote, boundaries, readQuotes } from "@plimsoll/core/margin";
import { type Ground, assessed, isTaken } from "@plimsoll/core/planner";
import { coinOf } from "@plimsoll/core/risk";
import { type AccountKey, type Exact, type QuoteKey, fromNumber, multiply, quotient } from "@plimsoll/core/units";

/** Which way a price has to go to hurt a position: down where a sale closes it. */
export type Way = "down" | "up";
export const wayOf = (side: "buy" | "sell"): Way => (side === "sell" ? "down" : "up");

/**
 * The price among those an account depends on that wakes an order of this instrument and kind: the one that its engine says, else
 * the one that names the instrument, else the only one of its kind. Undefined where that cannot be said: then nobody knows whether
 * the order comes before a liquidation.
 */
export function wakingQuote(
  { engine }: Ground,
  quotes: readonly QuoteKey[],
  instrument: string,
  kind: "mark" | "index",
): QuoteKey | undefined {
  const said = engine.wakes?.(instrument, kind);
  if (said !== undefined) return quotes.includes(said) ? said : undefined;
  const named = quotes.find((key) => key.endsWith(`:${instrument}:${kind}`));
  const ofKind = quotes.filter((key) => key.endsWith(`:${kind}`));
  return named ?? (ofKind.length === 1 ? ofKind[0] : undefined);
}

export function formOf({ engine, holding, scene }: Ground, account: AccountKey): MarginForm | undefined {
  const compiled = engine.compile(holding, account, scene, "maintenance");
  return "form" in compiled ? compiled.form : undefined;
}

/** A coin's prices at one venue move as one: its marks in several contracts, its index as collateral. Other coins stand still. */
const movesWith = (key: QuoteKey): ((other: QuoteKey) => boolean) => {
  const [coin, venue] = [coinOf(key), venueOf(key)];
  return (other) => other === key || (coin !== undefined && venueOf(other) === venue && coinOf(other) === coin);
};
const venueOf = (key: QuoteKey): string => key.split(":")[0]!;

/**
 * Where a coin's price takes an account, as its form says; undefined where it takes it nowhere. Good to follow and to show: whether a
 * given price is beyond it, `isTakenAt` says exactly.
 */
export function liquidationPrice(ground: Ground, form: MarginForm, quote: QuoteKey, way: Way): Exact | undefined {
  const values = readQuotes(form, ground.scene);
  const now = ground.scene.quotes.get(quote)?.value;
  if (!values.ok || now === undefined) return undefined;
  const isMoved = movesWith(quote);
  const which = form.quotes.flatMap((key, index) => (isMoved(key) ? [index] : []));
  const multiple = boundaries(form, values.value, which)[way];
  return multiple === undefined ? undefined : multiply(now, fromNumber(multiple));
}

/** Digits that prices keep which follow another's move, at least. */
const FOLLOW_SCALE = 8;

/** The same ground with a coin's price elsewhere: this one to the digit, the coin's others in proportion. */
export function groundAt(ground: Ground, key: QuoteKey, value: Exact): Ground {
  const { scene } = ground;
  const now = scene.quotes.get(key)?.value;
  if (now === undefined) return ground;
  const isMoved = movesWith(key);
  const moved = [...scene.quotes].flatMap(([other, quote]): readonly (readonly [QuoteKey, Quote])[] => {
    if (other === key) return [[key, { ...quote, value }]];
    if (!isMoved(other)) return [];
    const scale = Math.max(quote.value.scale, FOLLOW_SCALE);
    return [[other, { ...quote, value: quotient(multiply(quote.value, value), now, scale, "half-even") }]];
  });
  return { ...ground, scene: { ...scene, quotes: new Map([...scene.quotes, ...moved]) } };
}

/** Whether the venue may take the account when a coin's price stands there, by the venue's own rules. */
export const isTakenAt = (ground: Ground, account: AccountKey, key: QuoteKey, value: Exact): boolean =>
  isTaken(assessed(groundAt(ground, key, value), account));
