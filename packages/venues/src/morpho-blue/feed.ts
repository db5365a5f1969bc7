import type { Feed } from "@plimsoll/core/book";
import { type HoldingId, type Why, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, chainFeed, holdingReader, reportsOf } from "@plimsoll/venues/chain";
import { type DiscoveredMarket, type MorphoSource, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { readLiquidations } from "./liquidation-reports.ts";
import { morphoBlueId } from "./names.ts";
import { parityOf } from "./parity.ts";
import { type MorphoSnapshot, readSnapshot } from "./snapshot.ts";

/** Reads all positions of one owner: whole snapshots, at start and again with every new block. */
export const morphoFeed = (id: HoldingId, source: MorphoSource, options: ChainFeedOptions = {}): Feed => {
  const reports = reportsOf(`${morphoBlueId}:${source.deployment}:liquidation-reports`);
  // What a market is made of never changes: no snapshot says that it did.
  const reader = holdingReader<readonly DiscoveredMarket[], MorphoSnapshot>({
    discover: (client) => discover(client, source),
    snapshot: (client, known, block) => readSnapshot(client, source, known, block),
    hasPosition,
    noPosition: noPosition(source),
    events: async (client, snapshot) => [
      ...(await reports(snapshot.body.block, (blocks) => readLiquidations(client, source, id, snapshot, blocks))),
      ...eventsOf(snapshot, id, source),
      parityOf(snapshot, id, source),
    ],
  });
  return chainFeed(id, source, reader, options);
};

const hasPosition = ({ body }: MorphoSnapshot): boolean =>
  body.markets.some(({ supplyShares, borrowShares, collateral }) => supplyShares + borrowShares + collateral > 0n);

const noPosition = ({ owner, deployment, chainId }: MorphoSource): Why =>
  why("morpho-blue/no-position", {
    value: owner,
    deployment: `${deployment} on chain ${chainId}`,
    next: "check the address, the markets' ids and the chain: this address supplies and owes nothing in them",
  });
