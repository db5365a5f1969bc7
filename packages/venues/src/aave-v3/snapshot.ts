import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Hex, PublicClient } from "viem";
import { aggregateOf, checkChain, lower } from "@plimsoll/venues/chain";
import { readAbi } from "./abi.ts";
import type { AaveSource, Discovered } from "./discover.ts";
import type { AaveBody } from "./holding.ts";
import { planSourceCheck, withBelievedCaps } from "./snapshot-caps.ts";
import { planOrigin } from "./snapshot-origin.ts";
import { planV30 } from "./snapshot-v30.ts";
import { type AaveTerms, closeFactors } from "./terms.ts";
import { type VenueAccountData, outdated, planAccount, planMarketCheck } from "./snapshot-reads.ts";

/** Everything about one user and the market at one block. */
export interface AaveSnapshot {
  readonly body: AaveBody;
  readonly terms: AaveTerms;
  /** Oracle prices by asset, base currency; an asset whose source does not answer is missing. */
  readonly prices: ReadonlyMap<string, bigint>;
  /** Undefined where the contract could not answer: a price that the account needs is missing. */
  readonly venue: VenueAccountData | undefined;
  /** Hash of the block before: what a caller that knows the block compares. */
  readonly parentHash: Hex;
}

/** Reads all in one call at one block. `blockNumber` defaults to the latest. */
export async function readSnapshot(
  client: PublicClient,
  source: AaveSource,
  known: Discovered,
  blockNumber?: bigint,
): Promise<Result<AaveSnapshot, Why>> {
  const batch = aggregateOf(readAbi);
  const block = batch.block(source);
  const sameMarket = planMarketCheck(batch, source, known);
  const sameSources = planSourceCheck(batch, known, outdated);
  const account = planAccount(batch, source, known);
  const market = (known.rules === "v3.0" ? planV30 : planOrigin)(batch, source, known);
  const flashPremium = batch.add(known.pool, "FLASHLOAN_PREMIUM_TOTAL");

  const read = await batch.run(client, source, blockNumber);
  if (!read.ok) return read;
  const chain = checkChain(source.chainId, block().chainId, "the chain's own answer");
  if (!chain.ok) return chain;
  for (const same of [sameMarket(), sameSources()]) if (!same.ok) return same;

  const { venue, ...owned } = account();
  if (owned.eMode !== 0 && !known.eModes.some(({ id }) => id === owned.eMode))
    return fail(why(outdated, { eMode: `${owned.eMode}` }));
  const found = market();
  if (!found.ok) return found;
  const { eModes, prices } = found.value;
  const reserves = withBelievedCaps(found.value.reserves, block().timestamp).toSorted((a, b) => a.held.id - b.held.id);
  return ok({
    body: {
      market: source.market,
      user: lower(source.user),
      payer: lower(source.payer ?? source.user),
      block: block().number,
      timestamp: block().timestamp,
      ...owned,
      reserves: reserves.map(({ held }) => held),
    },
    terms: {
      rules: known.rules,
      market: source.market,
      chainId: source.chainId,
      baseCurrency: known.baseCurrency,
      baseDecimals: known.baseDecimals,
      closeFactor: closeFactors[known.rules],
      flashPremium: flashPremium(),
      reserves: reserves.map(({ terms }) => terms),
      eModes,
      completeness: "read-from-chain",
    },
    prices,
    venue,
    parentHash: block().parentHash,
  });
}
