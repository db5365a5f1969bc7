import { familyOf } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type AssetId,
  type Exact,
  ZERO,
  add,
  dec,
  multiply,
  quotient,
  rescale,
  subtract,
} from "@plimsoll/core/units";
import type { Ground } from "./ground.ts";
import { priceIn } from "./price-in.ts";

const MOVE = dec("0.01");

const ofInstrument = (instrument: string) => familyOf(`:${instrument}:` as Parameters<typeof familyOf>[0]);

/** The family whose prices an instrument follows: "btc" of BTCUSDT, BTC-USDT-SWAP and BTC-PERPETUAL. */
export const familyOfInstrument = (instrument: string): string => ofInstrument(instrument).name;

/** How far its prices move against a major's. */
export const multiplierOf = (instrument: string): number => ofInstrument(instrument).multiplier;

/**
 * What some accounts of a holding gain for a whole move of a family's prices, in a unit: the change of equity from 1 % below to 1 %
 * above, times 50, by the venue's own rules.
 * @returns undefined where an equity or a price is not known.
 */
export function exposureOf(ground: Ground, family: string, unit: string, only?: AccountKey): Exact | undefined {
  const [low, high] = [subtract({ digits: 1n, scale: 0 }, MOVE), add({ digits: 1n, scale: 0 }, MOVE)].map((factor) =>
    moved(ground, family, factor),
  );
  let sum = ZERO;
  for (const account of ground.engine.accounts(ground.holding)) {
    if (only !== undefined && account !== only) continue;
    const [below, above] = [low!, high!].map((there) => equityIn(there, account));
    if (below === undefined || above === undefined) return undefined;
    const price = priceIn(below.unit, unit, ground.scene.quotes);
    if (price === undefined) return undefined;
    sum = add(sum, multiply(subtract(above.equity, below.equity), price));
  }
  return quotient(sum, multiply(MOVE, dec("2")), 18, "half-even");
}

function moved(ground: Ground, family: string, factor: Exact): Ground {
  const quotes = new Map(ground.scene.quotes);
  for (const [key, quote] of quotes)
    if (familyOf(key).name === family)
      quotes.set(key, { ...quote, value: rescale(multiply(quote.value, factor), quote.value.scale + 4, "half-even") });
  return { ...ground, scene: { ...ground.scene, quotes } };
}

function equityIn(
  { engine, holding, scene }: Ground,
  account: AccountKey,
): { readonly unit: AssetId; readonly equity: Exact } | undefined {
  const { equity, unit } = engine.assess(holding, account, scene);
  if (equity.is === "none") return { unit, equity: ZERO };
  return equity.is === "known" ? { unit, equity: equity.value } : undefined;
}
