import type { Market, Scene } from "@plimsoll/core/margin";
import { type QuoteKey, dec, hash, invariant, known, ms, unknown, why } from "@plimsoll/core/units";
import { RAY } from "./fixed-point.ts";
import type { IlkHeld, SkyBody, Vault } from "./holding.ts";
import { currentQuote, nextQuote, rulesDss, skyId } from "./names.ts";
import { readSkyTerms } from "./read-terms.ts";
import type { IlkTerms, SkyTerms } from "./terms.ts";
import present from "./terms/2025-10-30.json" with { type: "json" };

const read = readSkyTerms(present.body);
invariant(read.ok, "the shipped terms are readable");
/** The shipped terms. */
export const ETHEREUM: SkyTerms = read.value;

export const WEI = 10n ** 18n;
export const RAD = 10n ** 45n;
/** Seconds. */
export const THEN = 1_760_000_000n;
export const NOW = ms(Number(THEN) * 1000);

export const ilkTerms = (ilk: string): IlkTerms => {
  const found = ETHEREUM.ilks.find((each) => each.ilk === ilk);
  invariant(found !== undefined, `${ilk} is shipped`);
  return found;
};
/** The shipped terms with one type changed. */
export const withIlk = (ilk: string, change: Partial<IlkTerms>): SkyTerms => ({
  ...ETHEREUM,
  ilks: ETHEREUM.ilks.map((each) => (each.ilk === ilk ? { ...each, ...change } : each)),
});

/** A vault of ETH-A, of whole tokens unless told otherwise. */
export const vaultOf = (more: Partial<Vault> = {}): Vault => ({
  id: "7",
  ilk: "ETH-A",
  ink: 0n,
  art: 0n,
  gem: 0n,
  ...more,
});

/** A holding of some vaults, dripped just now, without interest. */
export function bodyOf(vaults: readonly Vault[], more: Partial<SkyBody> = {}, held: Partial<IlkHeld> = {}): SkyBody {
  const types = [...new Set(vaults.map(({ ilk }) => ilk))];
  const ilks = types.map((ilk): IlkHeld => ({ ilk, rate: RAY, rho: THEN, fee: RAY, dirt: 0n, ...held }));
  const empty = { block: 1n, timestamp: THEN, dirt: 0n, sales: [], wallet: "unknown" as const };
  return { market: ETHEREUM.market, owner: "0xa", ...empty, ilks, vaults, ...more };
}

/** Price of each collateral now and next, as decimal text; next is the same unless given. */
export function sceneOf(
  prices: Readonly<Record<string, string | readonly [now: string, next: string]>>,
  terms: SkyTerms = ETHEREUM,
): Scene<SkyTerms> {
  const quotes = new Map<
    QuoteKey,
    { value: ReturnType<typeof dec>; kind: "oracle" | "next-oracle"; asOf: typeof NOW }
  >();
  for (const [asset, price] of Object.entries(prices)) {
    const [now, next] = typeof price === "string" ? [price, price] : price;
    quotes.set(currentQuote(asset), { value: dec(now), kind: "oracle", asOf: NOW });
    quotes.set(nextQuote(asset), { value: dec(next), kind: "next-oracle", asOf: NOW });
  }
  const frame = { venue: skyId, rules: rulesDss, market: terms.market, validFrom: NOW };
  return { now: NOW, quotes, terms: { ...frame, hash: hash("0".repeat(64)), source: "test", body: terms } };
}

/** A market that fills any size at one price. */
export const marketAt = (price: string): Market => ({ fill: () => known(dec(price), NOW) });
export const noMarket: Market = { fill: () => unknown(why("no-book")) };
