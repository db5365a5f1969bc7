import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Attempt, type ReadBlock, aggregateOf, checkChain, lower } from "@plimsoll/venues/chain";
import { type Hex, type PublicClient } from "viem";
import { readAbi } from "./abi.ts";
import { type DiscoveredMarket, type MarketParams, type MorphoSource, morphoOf } from "./discover.ts";
import type { MarketHeld, MorphoBody, Purse, Totals } from "./holding.ts";
import type { MarketTerms, MorphoTerms } from "./terms.ts";

/** What the contract itself answers at the block: interest as it adds it, and whether it lets the owner be liquidated. */
export interface Verdict {
  /** Undefined where it cannot add interest: its rate model does not answer. */
  readonly accrued: Omit<Totals, "borrowRate"> | undefined;
  /** Undefined where it cannot judge: without a debt, a price or a rate. */
  readonly liquidatable: boolean | undefined;
}

/** Everything about one owner in his markets at one block. */
export interface MorphoSnapshot {
  readonly body: MorphoBody;
  readonly terms: MorphoTerms;
  /** What each market's oracle answers, by the market's name; an oracle that reverts, or answers 0, is missing. */
  readonly prices: ReadonlyMap<string, bigint>;
  /** By the market's name. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Hash of the block before: what a caller that knows the block compares. */
  readonly parentHash: Hex;
}

type MarketWords = readonly [bigint, bigint, bigint, bigint, bigint, bigint];

/**
 * Reads all at one block, in two calls: the rate model is asked about a market as it stands, so the market is read first and seen
 * again, unchanged, in the second call.
 */
export async function readSnapshot(
  client: PublicClient,
  source: MorphoSource,
  markets: readonly DiscoveredMarket[],
  blockNumber?: bigint,
): Promise<Result<MorphoSnapshot, Why>> {
  const state = await readState(client, source, markets, blockNumber);
  if (!state.ok) return state;
  const { block, found, purses } = state.value;
  const judged = await readVerdicts(client, source, state.value);
  if (!judged.ok) return judged;
  const body: MorphoBody = {
    deployment: source.deployment,
    owner: lower(source.owner),
    payer: lower(source.payer ?? source.owner),
    block: block.number,
    timestamp: block.timestamp,
    markets: found.map(({ market, words, position }, place) =>
      heldOf(market.terms.market, words, position, judged.value[place]!.borrowRate),
    ),
    purses,
  };
  const terms = found.map(({ market, words }): MarketTerms => ({ ...market.terms, fee: words[5] }));
  return ok({
    body,
    terms: {
      deployment: source.deployment,
      chainId: source.chainId,
      markets: terms,
      completeness: "read-from-chain",
    },
    prices: new Map(found.flatMap(({ market, price }) => (price ? [[market.terms.market, price] as const] : []))),
    verdicts: new Map(found.map(({ market }, place) => [market.terms.market, judged.value[place]!.verdict])),
    parentHash: block.parentHash,
  });
}

interface Found {
  readonly market: DiscoveredMarket;
  readonly words: MarketWords;
  readonly position: readonly [supplyShares: bigint, borrowShares: bigint, collateral: bigint];
  readonly price: bigint | undefined;
}
interface State {
  readonly block: ReadBlock;
  readonly found: readonly Found[];
  readonly purses: readonly Purse[];
}

async function readState(
  client: PublicClient,
  source: MorphoSource,
  markets: readonly DiscoveredMarket[],
  blockNumber?: bigint,
): Promise<Result<State, Why>> {
  const morpho = morphoOf(source);
  const payer = source.payer ?? source.owner;
  const batch = aggregateOf(readAbi);
  const block = batch.block(source);
  const asked = markets.map((market) => ({
    market,
    words: batch.add(morpho, "market", market.terms.id as Hex),
    position: batch.add(morpho, "position", market.terms.id as Hex, source.owner),
    price: batch.maybe(market.params.oracle, "price"),
  }));
  const tokens = new Map(
    markets.flatMap(({ terms: { loan, collateral } }) => [loan, collateral]).map((each) => [each.asset, each]),
  );
  const purses = [...tokens.values()].map(({ asset, address }) => ({
    asset,
    balance: batch.add(address as Hex, "balanceOf", payer),
    allowance: batch.add(address as Hex, "allowance", payer, morpho),
  }));
  const read = await batch.run(client, source, blockNumber);
  if (!read.ok) return read;
  const chain = checkChain(source.chainId, block().chainId, "the chain's own answer");
  if (!chain.ok) return chain;
  return ok({
    block: block(),
    found: asked.map(({ market, words, position, price }) => ({
      market,
      words: words(),
      position: position(),
      price: price(),
    })),
    purses: purses.map(({ asset, balance, allowance }) => ({ asset, balance: balance(), allowance: allowance() })),
  });
}

interface Judged {
  readonly borrowRate: bigint | "unknown";
  readonly verdict: Verdict;
}

/** Rates, and what the contract does when it is asked to act: inside a call, so that nothing happens. */
async function readVerdicts(
  client: PublicClient,
  source: MorphoSource,
  { block, found }: State,
): Promise<Result<readonly Judged[], Why>> {
  const morpho = morphoOf(source);
  const batch = aggregateOf(readAbi);
  const again = batch.block(source);
  const asked = found.map(({ market: { params, terms }, words, position }) => {
    const id = terms.id as Hex;
    const same = batch.add(morpho, "market", id);
    const rate = terms.irm === "none" ? () => 0n : batch.maybe(params.irm, "borrowRateView", params, marketOf(words));
    const accrual = batch.attempt(morpho, "accrueInterest", params);
    const accrued = batch.add(morpho, "market", id);
    const probe = position[1] === 0n ? undefined : planProbe(batch, morpho, params, source.owner);
    return { same, rate, accrual, accrued, probe };
  });
  const read = await batch.run(client, source, block.number);
  if (!read.ok) return read;
  const moved = asked.some(({ same }, place) => same().join() !== found[place]!.words.join());
  if (moved || again().parentHash !== block.parentHash || again().timestamp !== block.timestamp)
    return fail(why("chain/block-replaced", { block: `${block.number}`, next: "read the new chain's head" }));
  return ok(
    asked.map(({ rate, accrual, accrued, probe }) => ({
      borrowRate: rate() ?? "unknown",
      verdict: {
        accrued: accrual() === "accepted" ? totalsOf(accrued()) : undefined,
        liquidatable: probe === undefined ? undefined : verdictOf(probe()),
      },
    })),
  );
}

/** A liquidation of one share: the contract judges health before it asks for tokens, which the caller does not have. */
const planProbe = (
  batch: ReturnType<typeof aggregateOf<typeof readAbi>>,
  morpho: Hex,
  params: MarketParams,
  owner: Hex,
) => batch.attempt(morpho, "liquidate", params, owner, 0n, 1n, "0x");

/** @source morpho-blue 1.0.0, ErrorsLib.sol: its text for a healthy position, and those of token transfers, which come later */
function verdictOf(attempt: Attempt): boolean | undefined {
  if (attempt === "accepted") return true;
  if (attempt.refused === "position is healthy") return false;
  return attempt.refused.startsWith("transfer") ? true : undefined;
}

const totalsOf = ([supplyAssets, supplyShares, borrowAssets, borrowShares, lastUpdate]: MarketWords) => ({
  supplyAssets,
  supplyShares,
  borrowAssets,
  borrowShares,
  lastUpdate,
});

function marketOf([supplyAssets, supplyShares, borrowAssets, borrowShares, lastUpdate, fee]: MarketWords) {
  return {
    totalSupplyAssets: supplyAssets,
    totalSupplyShares: supplyShares,
    totalBorrowAssets: borrowAssets,
    totalBorrowShares: borrowShares,
    lastUpdate,
    fee,
  };
}

const heldOf = (
  market: string,
  words: MarketWords,
  [supplyShares, borrowShares, collateral]: Found["position"],
  borrowRate: bigint | "unknown",
): MarketHeld => ({ market, totals: { ...totalsOf(words), borrowRate }, supplyShares, borrowShares, collateral });
