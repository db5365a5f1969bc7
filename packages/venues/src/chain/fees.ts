import {
  type Exact,
  type Result,
  type Why,
  dec,
  exact,
  fail,
  maxOf,
  minOf,
  ok,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import type { PublicClient } from "viem";
import { askEach } from "./operators.ts";
import { ask } from "./rpc.ts";

/** What a transaction offers for a unit of gas, wei: at most, and of that to whoever mines it. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/**
 * Used where neither plan nor connection says: a flash deleverage's 502k gas at 500 gwei, a quarter of the tank that is meant for four
 * rescues at that price.
 */
export const defaultFeeCap: Exact = dec("0.25");

/** What some networks ask as priority fee at the least however empty their blocks are. @source Polygon PoS: 30 gwei */
const ordinaryPriority = 30_000_000_000n;

/** What a unit of gas costs now. */
export interface GasPrice {
  readonly base: bigint;
  readonly priority: bigint;
}

/**
 * Base fee of the latest block, confirmed as every block is; the priority fee is the least that an operator proposes, and never more than
 * the base fee or what networks ordinarily ask: who mines is not paid by one operator's word.
 */
export async function readGasPrice(
  reader: PublicClient,
  operators: readonly PublicClient[],
): Promise<Result<GasPrice, Why>> {
  const block = await ask("eth_getBlockByNumber", () => reader.getBlock({ blockTag: "latest" }));
  if (!block.ok) return block;
  const base = block.value.baseFeePerGas ?? 0n;
  const proposed = await askEach("eth_maxPriorityFeePerGas", operators, (each) => each.estimateMaxPriorityFeePerGas());
  if (!proposed.ok) return proposed;
  return ok({ base, priority: minOf(proposed.value.reduce(minOf), maxOf(base, ordinaryPriority)) });
}

/** How much further each step of a ladder goes; nodes demand a tenth more, some an eighth, of both fees. */
const higher = (fee: bigint): bigint => (fee * 3n) / 2n + 1n;
const replaces = (fee: bigint, before: bigint): boolean => fee * 8n >= before * 9n && fee > before;
/** Steps that one message is signed for; the last goes all the way. */
const mostSteps = 12;

/** Fees that each replace those before at the same nonce, from the first up to `most` for a unit of gas where that is enough more. */
export function feeLadder(first: Fees, most: bigint): readonly Fees[] {
  const steps = [first];
  const passes = (next: Fees, before: Fees) =>
    replaces(next.maxFeePerGas, before.maxFeePerGas) &&
    replaces(next.maxPriorityFeePerGas, before.maxPriorityFeePerGas);
  for (let last = first; steps.length < mostSteps;) {
    const [fee, priority] = [higher(last.maxFeePerGas), higher(last.maxPriorityFeePerGas)];
    // what is left after one more step may be too little for another
    const isLast = !replaces(most, fee) || steps.length === mostSteps - 1;
    const maxFeePerGas = isLast ? most : fee;
    const next: Fees = { maxFeePerGas, maxPriorityFeePerGas: minOf(priority, maxFeePerGas) };
    if (!passes(next, last)) return steps;
    steps.push((last = next));
  }
  return steps;
}

interface Offer {
  readonly price: GasPrice;
  /** Limits of all transactions of the message together, which the wallet has to cover; and what they usually take, which the cap does. */
  readonly gas: bigint;
  readonly usualGas: bigint;
  /** The fee offered first is this many times the base fee, and the priority fee. */
  readonly headroom: bigint;
  readonly cap: Exact;
  /** Of the paying wallet, wei. */
  readonly balance: bigint;
  readonly payer: string;
}

/** The ladder of fees of a message within its cap and the wallet; or which of the two is too small for the base fee as it is now. */
export function feesWithin(offer: Offer): Result<readonly Fees[], Why> {
  const { price, gas, usualGas, headroom, balance, payer } = offer;
  const cap = rescale(offer.cap, 18, "down").digits;
  const least = price.base + price.priority;
  if (balance < gas * least)
    return fail(
      why("chain/gas-too-small", {
        wallet: coin(balance),
        needed: coin(gas * least),
        next: `send the chain's own coin to ${payer}: the transaction's fee is paid in it`,
      }),
    );
  if (cap < usualGas * least)
    return fail(
      why("chain/fee-cap-too-small", {
        feeCap: coin(cap),
        needed: coin(usualGas * least),
        next: "at the present base fee this costs more than the share of the loss that it may: wait, or act with a higher cap",
      }),
    );
  const most = minOf(cap / usualGas, balance / gas);
  const maxFeePerGas = minOf(price.base * headroom + price.priority, most);
  return ok(feeLadder({ maxFeePerGas, maxPriorityFeePerGas: price.priority }, most));
}

const coin = (wei: bigint): string => text(exact(wei, 18));
