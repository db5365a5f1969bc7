import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ReadBlock, aggregateOf } from "@plimsoll/venues/chain";
import type { PublicClient } from "viem";
import { branchAbi } from "./abi.ts";
import type { Discovered, LiquitySource } from "./discover.ts";

/** Troves looked through at most, from the lowest rate up. */
const mostTroves = 500n;

/** What is asked with an answer of the snapshot in hand. */
export interface After {
  /** WAD; undefined where there is no price, or the contract did not answer. */
  readonly ratio: bigint | undefined;
  readonly debtInFront: bigint | "unknown";
}

/** The contract's ratio at its own price and the debt that is redeemed first, at the block of the snapshot. */
export async function readAfter(
  client: PublicClient,
  source: LiquitySource,
  { troveManager, getter, index }: Discovered,
  seen: { readonly price: bigint | undefined; readonly rate: bigint; readonly block: ReadBlock },
): Promise<Result<After, Why>> {
  const batch = aggregateOf(branchAbi);
  const again = batch.block(source);
  const ratio =
    seen.price === undefined ? undefined : batch.maybe(troveManager, "getCurrentICR", source.trove, seen.price);
  const queue =
    index === undefined ? undefined : batch.maybe(getter, "getDebtPerInterestRateAscending", index, 0n, mostTroves);
  const read = await batch.run(client, source, seen.block.number);
  if (!read.ok) return read;
  if (again().parentHash !== seen.block.parentHash)
    return fail(why("chain/block-replaced", { block: `${seen.block.number}`, next: "read the new chain's head" }));
  return ok({ ratio: ratio?.(), debtInFront: inFront(queue?.(), seen.rate) });
}

type Queue = readonly [readonly { readonly interestRate: bigint; readonly debt: bigint }[], bigint];

/** Unknown where the list ended before it came to the trove's own rate. */
function inFront(queue: Queue | undefined, rate: bigint): bigint | "unknown" {
  if (queue === undefined) return "unknown";
  const [troves, next] = queue;
  const reached = next === 0n || troves.some(({ interestRate }) => interestRate >= rate);
  if (!reached) return "unknown";
  return troves.filter(({ interestRate }) => interestRate < rate).reduce((sum, { debt }) => sum + debt, 0n);
}
