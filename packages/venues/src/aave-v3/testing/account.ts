// oxlint-disable import/no-relative-parent-imports -- unit tests reach into their room without its network parts
import type { Scene } from "@plimsoll/core/margin";
import { type Exact, exact, hash, ms, pow10 } from "@plimsoll/core/units";
import type { AaveBody, Pool } from "../holding.ts";
import type { AaveTerms, ReserveTerms } from "../terms.ts";
import { readAaveTerms } from "../read-terms.ts";
import { aaveV3Id, oracleQuote, rulesR10 } from "../names.ts";
import document from "../terms/2023-10-31.json" with { type: "json" };
import { RAY } from "../wad-ray-math.ts";

const read = readAaveTerms(document.body);
if (!read.ok) throw new Error(read.failure.facts["value"]);
/** The Ethereum market's terms as shipped. */
export const ethereum: AaveTerms = read.value;

export const now = 1_700_000_000n;

/** A reserve nobody else uses, touched just now: indices 1, rates 0. */
export const quietPool: Pool = {
  liquidityIndex: RAY,
  variableBorrowIndex: RAY,
  liquidityRate: 0n,
  variableBorrowRate: 0n,
  lastUpdate: now,
  scaledSupply: 0n,
  scaledDebt: 0n,
  virtualBalance: 0n,
  accruedToTreasury: 0n,
  deficit: 0n,
  isolationDebt: 0n,
};

/** What one account has in one reserve; amounts scaled, in the asset's smallest units. */
export interface Has {
  readonly asset: string;
  readonly supplied?: bigint;
  readonly owed?: bigint;
  /** As collateral, when it supplies; true when left out. */
  readonly collateral?: boolean;
  readonly wallet?: bigint | "unknown";
  readonly allowance?: bigint | "unknown";
  /** The rest of the pool: others' balances come on top of the account's. */
  readonly pool?: Partial<Pool>;
}

export const reserveOf = (terms: AaveTerms, asset: string): ReserveTerms => {
  const found = terms.reserves.find((reserve) => reserve.asset === asset);
  if (found === undefined) throw new Error(`no reserve ${asset}`);
  return found;
};

/** A body of one account; the pool's totals are the account's own plus what `pool` says of others. */
export function accountOf(terms: AaveTerms, rows: readonly Has[], more: Partial<AaveBody> = {}): AaveBody {
  let config = 0n;
  const reserves = rows.map(
    ({ asset, supplied = 0n, owed = 0n, collateral = true, wallet = 0n, allowance = wallet, pool }) => {
      const { id } = reserveOf(terms, asset);
      if (supplied > 0n && collateral) config |= 2n << BigInt(2 * id);
      if (owed > 0n) config |= 1n << BigInt(2 * id);
      const others = { ...quietPool, ...pool };
      const totals = { scaledSupply: others.scaledSupply + supplied, scaledDebt: others.scaledDebt + owed };
      return { id, scaledSupply: supplied, scaledDebt: owed, wallet, allowance, pool: { ...others, ...totals } };
    },
  );
  return {
    market: terms.market,
    user: "0xa",
    payer: "0xa",
    block: 1n,
    timestamp: now,
    eMode: 0,
    config,
    sentinel: { borrowAllowed: true, liquidationAllowed: true },
    reserves: reserves.toSorted((a, b) => a.id - b.id),
    ...more,
  };
}

/** A scene with prices in base units (8 decimals), or exact ones. */
export function sceneOf(terms: AaveTerms, prices: Readonly<Record<string, bigint | Exact>>): Scene<AaveTerms> {
  const at = ms(Number(now) * 1000);
  const quotes = Object.entries(prices).map(([asset, price]) => {
    const value = typeof price === "bigint" ? exact(price, terms.baseDecimals) : price;
    return [oracleQuote(terms.market, asset), { value, kind: "oracle", asOf: at }] as const;
  });
  const frame = { venue: aaveV3Id, rules: rulesR10, validFrom: at, hash: hash("0".repeat(64)), source: "test" };
  return { now: at, quotes: new Map(quotes), terms: { ...frame, body: terms } };
}

/** Whole tokens in an asset's smallest units. */
export const tokens = (terms: AaveTerms, asset: string, whole: bigint): bigint =>
  whole * pow10(reserveOf(terms, asset).decimals);
