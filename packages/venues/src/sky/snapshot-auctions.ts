import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ReadBlock, aggregateOf, lower } from "@plimsoll/venues/chain";
import type { PublicClient } from "viem";
import { clipAbi } from "./abi.ts";
import type { Discovered, SkySource } from "./discover.ts";
import { WAD } from "./fixed-point.ts";
import type { Sale } from "./holding.ts";

/** Auctions of one vault type looked through at most. */
const mostAuctions = 256;

/**
 * Running auctions of the vault, at the block of the snapshot that listed them.
 * @param chop WAD: what a target has above its debt; the auction keeps no record of that itself, so it is taken from today's penalty.
 */
export async function readSales(
  client: PublicClient,
  source: SkySource,
  { clip }: Discovered,
  { ids, chop, block }: { readonly ids: readonly bigint[]; readonly chop: bigint; readonly block: ReadBlock },
): Promise<Result<readonly Sale[], Why>> {
  if (ids.length === 0) return ok([]);
  if (ids.length > mostAuctions) return fail(tooMany(source, ids.length));
  const batch = aggregateOf(clipAbi);
  const again = batch.block(source);
  const sales = ids.map((id) => batch.add(clip, "sales", id));
  const read = await batch.run(client, source, block.number);
  if (!read.ok) return read;
  if (again().parentHash !== block.parentHash) return fail(blockReplaced(block));
  const own = sales.map((sale) => sale()).filter(([, , , usr]) => lower(usr) === lower(source.urn));
  return ok(
    own.map(([, tab, lot, , tic, top]) => ({
      vault: lower(source.urn),
      ilk: source.ilk,
      ...{ tab, lot, top, tic: BigInt(tic) },
      penalty: tab - (tab * WAD) / chop,
    })),
  );
}

const blockReplaced = ({ number }: ReadBlock): Why =>
  why("chain/block-replaced", { block: `${number}`, next: "read the new chain's head" });

const tooMany = ({ ilk }: SkySource, count: number): Why =>
  why("sky/too-many-auctions", {
    type: ilk,
    value: `${count} run, ${mostAuctions} are looked through at most`,
    next: "wait until fewer run: which of them are of this vault is not known",
  });
