import { type Result, type Why, ok } from "@plimsoll/core/units";
import { aggregateOf, lower } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { deskAbi } from "./abi.ts";
import { type Discovered, type SkySource, ilkWord } from "./discover.ts";

/** Where tokens enter and leave the core, and what a wallet has there and may do there. */
export interface Desk {
  readonly gemJoin: Hex;
  readonly stableJoin: Hex;
  /** RAD of the stablecoin and WAD of collateral that the wallet has in the core already, left there by an earlier action. */
  readonly credit: bigint;
  readonly loose: bigint;
  /** Whether the wallet may take collateral out: the vault is its own, or lets it. */
  readonly mayTake: boolean;
  readonly stableAllowed: bigint;
  readonly gemAllowed: bigint;
}

/** Reads them for the paying wallet, at the latest block. */
export async function readDesk(
  client: PublicClient,
  source: SkySource,
  { vat, collateral, stable }: Discovered,
): Promise<Result<Desk, Why>> {
  const [word, wallet] = [ilkWord(source), source.payer ?? source.user];
  const first = aggregateOf(deskAbi);
  const [gem, dai] = [first.add(source.registry, "join", word), first.add(source.flash, "daiJoin")];
  const found = await first.run(client, source);
  if (!found.ok) return found;
  const [gemJoin, stableJoin] = [lower(gem()), lower(dai())];
  const batch = aggregateOf(deskAbi);
  const [credit, loose] = [batch.add(vat, "dai", wallet), batch.add(vat, "gem", word, wallet)];
  const can = batch.add(vat, "can", source.urn, wallet);
  const stableAllowed = batch.add(stable.address, "allowance", wallet, stableJoin);
  const gemAllowed = batch.add(collateral.address, "allowance", wallet, gemJoin);
  const read = await batch.run(client, source);
  if (!read.ok) return read;
  return ok({
    ...{ gemJoin, stableJoin, credit: credit(), loose: loose() },
    mayTake: lower(source.urn) === lower(wallet) || can() === 1n,
    ...{ stableAllowed: stableAllowed(), gemAllowed: gemAllowed() },
  });
}
