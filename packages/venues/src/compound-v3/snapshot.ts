import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { aggregateOf, checkChain, lower } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { type Batch, readAbi } from "./abi.ts";
import type { CometSource, Discovered, Listed } from "./discover.ts";
import type { CollateralHeld, CometBody, Funds, Totals } from "./holding.ts";
import { planTerms } from "./snapshot-terms.ts";
import type { CometTerms } from "./terms.ts";

/** What the contract itself answers at the block, before and after it accrues interest. */
export interface Verdict {
  readonly owed: bigint;
  readonly reserves: bigint;
  /** Undefined where a price does not answer. */
  readonly liquidatableAsStored: boolean | undefined;
  /** Undefined where it could not accrue. */
  readonly accrued:
    | { readonly supplyIndex: bigint; readonly borrowIndex: bigint; readonly liquidatable: boolean | undefined }
    | undefined;
}

/** Everything about one user and the market at one block. */
export interface CometSnapshot {
  readonly body: CometBody;
  readonly terms: CometTerms;
  /** What each feed answers, by asset; a feed that reverts is missing. */
  readonly prices: ReadonlyMap<string, bigint>;
  readonly verdict: Verdict;
  /** Hash of the block before: what a caller that knows the block compares. */
  readonly parentHash: Hex;
}

/** Reads all in one call at one block; the accrual comes last, because what follows it sees it. */
export async function readSnapshot(
  client: PublicClient,
  source: CometSource,
  known: Discovered,
  blockNumber?: bigint,
): Promise<Result<CometSnapshot, Why>> {
  const batch = aggregateOf(readAbi);
  const block = batch.block(source);
  const terms = planTerms(batch, source, known);
  const account = planAccount(batch, source, known);
  const prices = [known.base, ...known.assets].map(({ asset, priceFeed }) => ({
    asset,
    price: batch.maybe(source.comet, "getPrice", priceFeed),
  }));
  const verdict = planVerdict(batch, source);
  const read = await batch.run(client, source, blockNumber);
  if (!read.ok) return read;
  const { chainId, number, timestamp, parentHash } = block();
  const chain = checkChain(source.chainId, chainId, "the chain's own answer");
  if (!chain.ok) return chain;
  const market = terms();
  if (!market.ok) return market;
  const owned = account();
  if (!owned.ok) return owned;
  return ok({
    body: { ...owned.value, market: source.market, block: number, timestamp },
    terms: market.value,
    prices: new Map(
      prices.flatMap(({ asset, price }) => [[asset, price() ?? 0n] as const]).filter(([, at]) => at > 0n),
    ),
    verdict: verdict(),
    parentHash,
  });
}

/** The user's principal and collateral, everybody's, and the payer's funds. @returns why not: flags that contradict balances. */
function planAccount(batch: Batch, source: CometSource, { base, assets }: Discovered) {
  const { comet, user, payer = user, manager } = source;
  const basic = batch.add(comet, "userBasic", user);
  const totals = batch.add(comet, "totalsBasic");
  const cash = batch.add(base.address, "balanceOf", comet);
  const allowed = manager === undefined ? undefined : batch.add(comet, "isAllowed", user, manager);
  const purse = planFunds(batch, base, payer, comet);
  const held = assets.map((asset, id) => ({
    id,
    own: batch.add(comet, "userCollateral", user, asset.address),
    all: batch.add(comet, "totalsCollateral", asset.address),
    funds: planFunds(batch, asset, payer, comet),
  }));
  return (): Result<Omit<CometBody, "market" | "block" | "timestamp">, Why> => {
    const [principal, , , assetsIn, extended] = basic();
    const collateral = held.map(({ id, own, all, funds }): CollateralHeld => ({
      id,
      balance: own()[0],
      supplied: all()[0],
      funds: funds(),
    }));
    // 16 flags and, in markets with more assets, 8 more
    const flags = BigInt(assetsIn) | (BigInt(extended) << 16n);
    const told = collateral.find(({ id, balance }) => (((flags >> BigInt(id)) & 1n) === 1n) !== balance > 0n);
    if (told !== undefined) return fail(contradiction(assets[told.id]?.asset ?? `${told.id}`, source));
    return ok({
      user: lower(user),
      payer: lower(payer),
      principal,
      totals: totalsOf(totals(), cash()),
      funds: purse(),
      manager: allowed?.() ?? "unknown",
      collateral,
    });
  };
}

const contradiction = (asset: string, { comet }: CometSource): Why =>
  why("compound-v3/flags-contradict-balances", {
    asset,
    value: comet,
    next: "this contract does not keep accounts as Comet does: check the market's address",
  });

interface TotalsBasic {
  readonly baseSupplyIndex: bigint;
  readonly baseBorrowIndex: bigint;
  readonly totalSupplyBase: bigint;
  readonly totalBorrowBase: bigint;
  readonly lastAccrualTime: number;
}
const totalsOf = (basic: TotalsBasic, cash: bigint): Totals => ({
  supplyIndex: basic.baseSupplyIndex,
  borrowIndex: basic.baseBorrowIndex,
  supplied: basic.totalSupplyBase,
  borrowed: basic.totalBorrowBase,
  lastAccrual: BigInt(basic.lastAccrualTime),
  cash,
});

function planFunds(batch: Batch, { address }: Listed, payer: Hex, comet: Hex): () => Funds {
  const wallet = batch.add(address, "balanceOf", payer);
  const allowance = batch.add(address, "allowance", payer, comet);
  return () => ({ wallet: wallet(), allowance: allowance() });
}

function planVerdict(batch: Batch, { comet, user }: CometSource): () => Verdict {
  const owed = batch.add(comet, "borrowBalanceOf", user);
  const reserves = batch.add(comet, "getReserves");
  const stored = batch.maybe(comet, "isLiquidatable", user);
  const accrual = batch.attempt(comet, "accrueAccount", user);
  const after = batch.add(comet, "totalsBasic");
  const liquidatable = batch.maybe(comet, "isLiquidatable", user);
  return () => ({
    owed: owed(),
    reserves: reserves(),
    liquidatableAsStored: stored(),
    accrued:
      accrual() === "accepted"
        ? {
            supplyIndex: after().baseSupplyIndex,
            borrowIndex: after().baseBorrowIndex,
            liquidatable: liquidatable(),
          }
        : undefined,
  });
}
