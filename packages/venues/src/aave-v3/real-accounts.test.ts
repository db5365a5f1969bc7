import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { evaluate, readQuotes } from "@plimsoll/core/margin";
import { type Exact, exact, fromNumber, rescale, trim } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { compileAave } from "./form.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { accountOf, ethereum, sceneOf } from "./testing/account.ts";

const file = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/onchain/aave-accounts.json.gz`;

/** The fields of a recorded account that count; amounts and prices were floats when they were recorded. */
interface Recorded {
  readonly address: string;
  readonly healthFactor: number;
  readonly userReservesData: readonly {
    readonly asset: RecordedAsset;
    readonly underlyingBalance: number;
    readonly usageAsCollateralEnabledOnUser: boolean;
  }[];
  readonly userBorrowsData: readonly { readonly asset: RecordedAsset; readonly totalBorrows: number }[];
}
interface RecordedAsset {
  readonly symbol: string;
  readonly priceInMarketReferenceCurrency: number;
  readonly reserveLiquidationThreshold: number;
}

/**
 * Accounts in the stablecoin e-mode of their market, which the recorded reserve thresholds leave out: the threshold at which the
 * recorded weighted average is met.
 */
const eModeThresholds: Readonly<Record<string, bigint>> = {
  "0x6e82db9ce7c80e2f283bf6b9ece3d67d866ba86e": 9_750n,
  "0x8279656ee8d1f3a06c17a46742d1b953bef0ff76": 9_750n,
  "0x81d98c8fda0410ee3e9d7586cb949cd19fa4cf38": 9_500n,
  "0xa989f464c2a76391d749e5d4aba3d9f470952c80": 9_500n,
  "0x40e388b0e3aa56577c0820f33d4cf62223898bbc": 9_500n,
};

/** Enough decimals for every recorded float; the markets' own would cut what was recorded. */
const decimals = 36;
const units = (amount: number): bigint => rescale(fromNumber(amount), decimals, "down").digits;

/** The account in terms made of what was recorded with it: a reserve for each asset and each price. */
function rebuild(account: Recorded): {
  readonly body: AaveBody;
  readonly terms: AaveTerms;
  readonly prices: Record<string, Exact>;
} {
  const rows = [
    ...account.userReservesData.map(({ asset, underlyingBalance, usageAsCollateralEnabledOnUser }) => ({
      asset,
      supplied: units(underlyingBalance),
      owed: 0n,
      collateral: usageAsCollateralEnabledOnUser,
    })),
    ...account.userBorrowsData.map(({ asset, totalBorrows }) => ({
      asset,
      supplied: 0n,
      owed: units(totalBorrows),
      collateral: false,
    })),
  ].map((row, id) => ({ ...row, id, name: `${row.asset.symbol} ${id}` }));
  const [template] = ethereum.reserves;
  const reserves = rows.map(({ id, name, asset }) => ({
    ...template!,
    id,
    asset: name,
    decimals,
    liquidationThreshold: BigInt(asset.reserveLiquidationThreshold),
  }));
  const threshold = eModeThresholds[account.address] ?? 0n;
  const stable = rows
    .filter(({ asset }) => asset.symbol === "USDC")
    .reduce((bits, { id }) => bits | (1n << BigInt(id)), 0n);
  const category = { ...ethereum.eModes[0]!, liquidationThreshold: threshold, collateralBitmap: stable };
  const terms = { ...ethereum, reserves, eModes: [category] };
  const has = rows.map(({ name, supplied, owed, collateral }) => ({ asset: name, supplied, owed, collateral }));
  const body = accountOf(terms, has, { user: account.address, eMode: threshold === 0n ? 0 : category.id });
  const prices = rows.map(({ name, asset }) => [name, trim(fromNumber(asset.priceInMarketReferenceCurrency))] as const);
  return { body, terms, prices: Object.fromEntries(prices) };
}

function healthByForm(account: Recorded): number {
  const { body, terms, prices } = rebuild(account);
  const scene = sceneOf(terms, prices);
  const compiled = compileAave(body, scene, "maintenance");
  if (!("form" in compiled)) throw new Error(`${account.address}: ${JSON.stringify(compiled)}`);
  const quotes = readQuotes(compiled.form, scene);
  if (!quotes.ok) throw new Error(`${account.address}: ${quotes.failure.code}`);
  return evaluate(compiled.form, quotes.value).health;
}

test.skipIf(!existsSync(file))(`194 real accounts have their recorded health (needs ${file})`, () => {
  const accounts = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Recorded[];
  expect(accounts).toHaveLength(194);
  const missed = accounts.filter((account) => {
    const error = Math.abs(healthByForm(account) - account.healthFactor);
    return !(error <= 1e-12 * Math.max(1, account.healthFactor));
  });
  expect(missed.map(({ address }) => address)).toEqual([]);
  expect(accounts.filter(({ address }) => eModeThresholds[address] !== undefined)).toHaveLength(5);
});

test("recorded floats become the integers nearest to them, never less precise", () => {
  expect(exact(units(0.30106817484456705), decimals)).toEqual(exact(301068174844567050000000000000000000n, decimals));
});
