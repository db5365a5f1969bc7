import { type MarginForm, type Scene, liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import { type Ground, assessed, isTaken } from "@plimsoll/core/planner";
import { type AccountKey, type Exact, type QuoteKey, fromNumber } from "@plimsoll/core/units";

/** Which way a price has to go to hurt a position: down where a sale closes it. */
export type Way = "down" | "up";
export const wayOf = (side: "buy" | "sell"): Way => (side === "sell" ? "down" : "up");

/**
 * The price among those an account depends on that wakes an order of this instrument and kind: the one that its engine says, else the
 * one that names the instrument, else the only one of its kind. Undefined where that cannot be said: then nobody knows whether the order comes before a liquidation.
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

/**
 * Where one price takes an account while all others stand still, as its form says; undefined where it takes it nowhere. Good to
 * follow and to show: whether a given price is beyond it, `isTakenAt` says exactly.
 */
export function liquidationPrice(ground: Ground, form: MarginForm, quote: QuoteKey, way: Way): Exact | undefined {
  const values = readQuotes(form, ground.scene);
  const found = values.ok ? liquidationPrices(form, values.value, form.quotes.indexOf(quote))[way] : undefined;
  return found === undefined ? undefined : fromNumber(found);
}

/** The scene with one price elsewhere and everything else as it is. */
export function withPrice(scene: Scene<unknown>, key: QuoteKey, value: Exact): Scene<unknown> {
  const quote = scene.quotes.get(key);
  return quote === undefined ? scene : { ...scene, quotes: new Map(scene.quotes).set(key, { ...quote, value }) };
}

/** The same ground with one price elsewhere. */
export const groundAt = (ground: Ground, key: QuoteKey, value: Exact): Ground => ({
  ...ground,
  scene: withPrice(ground.scene, key, value),
});

/** Whether the venue may take the account when one price stands there, by the venue's own rules. */
export const isTakenAt = (ground: Ground, account: AccountKey, key: QuoteKey, value: Exact): boolean =>
  isTaken(assessed(groundAt(ground, key, value), account));
