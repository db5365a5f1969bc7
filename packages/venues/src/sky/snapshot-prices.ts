import { type Result, type Why, ok } from "@plimsoll/core/units";
import { ask, lower } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { type Batch, pipAbi } from "./abi.ts";

/** Dollars as WADs; undefined where the module has no such price, or none that could be read. */
export interface ModulePrices {
  readonly current: bigint | undefined;
  readonly next: bigint | undefined;
}

/** What a price module answers to anybody. */
export interface ModuleAnswers {
  readonly peek: readonly [Hex, boolean] | undefined;
  /** The packed word of its getters, where it is a queue. */
  readonly packed: bigint | undefined;
}

export function planModule(batch: Batch, pip: Hex): () => ModuleAnswers {
  const part = batch.with(pipAbi);
  const [peek, src] = [part.maybe(pip, "peek"), part.maybe(pip, "src")];
  const [hop, zzz] = [part.maybe(pip, "hop"), part.maybe(pip, "zzz")];
  return () => ({ peek: peek(), packed: packedOf(src(), hop(), zzz()) });
}

const packedOf = (src: Hex | undefined, hop: number | undefined, zzz: bigint | undefined): bigint | undefined =>
  src === undefined || hop === undefined || zzz === undefined
    ? undefined
    : BigInt(lower(src)) | (BigInt(hop) << 160n) | (zzz << 176n);

/**
 * Prices of a queue from its storage, since its getters answer only to those governance lists: slot 2 has source, delay and time
 * of the last poke, slots 3 and 4 the price in force and the queued one. They are believed only where slot 2 says what the getters
 * said in the snapshot: another layout, or a poke between the two readings, gives no price.
 * @source makerdao/osm osm.sol: order of its storage; struct Feed { uint128 val; uint128 has }
 */
export async function readModulePrices(
  client: PublicClient,
  pip: Hex,
  { peek, packed }: ModuleAnswers,
  blockNumber: bigint,
): Promise<Result<ModulePrices, Why>> {
  if (packed === undefined) return ok({ current: peek?.[1] === true ? BigInt(peek[0]) : undefined, next: undefined });
  const slots = await ask("eth_getStorageAt", () =>
    Promise.all(
      (["0x2", "0x3", "0x4"] as const).map((slot) => client.getStorageAt({ address: pip, slot, blockNumber })),
    ),
  );
  if (!slots.ok) return slots;
  const [layout, current, next] = slots.value.map((word) => BigInt(word ?? "0x0"));
  if (layout !== packed) return ok({ current: undefined, next: undefined });
  return ok({ current: feedOf(current!), next: feedOf(next!) });
}

const HALF = 128n;
/** The lower half is the price, the upper one 1 where it is valid. */
const feedOf = (word: bigint): bigint | undefined => (word >> HALF === 1n ? BigInt.asUintN(128, word) : undefined);
