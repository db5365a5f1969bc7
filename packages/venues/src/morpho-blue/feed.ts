import type { Feed } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, type ReadAt, chainFeed, reportsOf } from "@plimsoll/venues/chain";
import { type DiscoveredMarket, type MorphoSource, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { readLiquidations } from "./liquidation-reports.ts";
import { morphoBlueId } from "./names.ts";
import { parityOf } from "./parity.ts";
import { type MorphoSnapshot, readSnapshot } from "./snapshot.ts";

/** Reads all positions of one owner: whole snapshots, at start and again with every new block. */
export const morphoFeed = (id: HoldingId, source: MorphoSource, options: ChainFeedOptions = {}): Feed =>
  chainFeed(id, source, readerOf(id, source), options);

function readerOf(id: HoldingId, source: MorphoSource): ReadAt {
  const reports = reportsOf(`${morphoBlueId}:${source.deployment}:liquidation-reports`);
  // What a market is made of never changes.
  let known: readonly DiscoveredMarket[] | undefined;
  let hadPosition = false;
  return async (client, block) => {
    const found: Result<readonly DiscoveredMarket[], Why> =
      known === undefined ? await discover(client, source) : ok(known);
    if (!found.ok) return found;
    known = found.value;
    const snapshot = await readSnapshot(client, source, known, block);
    if (!snapshot.ok) return snapshot;
    // Later an empty account is what is left of one: closed by its owner, or taken.
    hadPosition ||= hasPosition(snapshot.value);
    if (!hadPosition) return fail(noPosition(source));
    return ok({
      parentHash: snapshot.value.parentHash,
      events: async () => [
        ...(await reports(snapshot.value.body.block, (blocks) =>
          readLiquidations(client, source, id, snapshot.value, blocks),
        )),
        ...eventsOf(snapshot.value, id, source),
        parityOf(snapshot.value, id, source),
      ],
    });
  };
}

const hasPosition = ({ body }: MorphoSnapshot): boolean =>
  body.markets.some(({ supplyShares, borrowShares, collateral }) => supplyShares + borrowShares + collateral > 0n);

const noPosition = ({ owner, deployment, chainId }: MorphoSource): Why =>
  why("morpho-blue/no-position", {
    value: owner,
    deployment: `${deployment} on chain ${chainId}`,
    next: "check the address, the markets' ids and the chain: this address supplies and owes nothing in them",
  });
