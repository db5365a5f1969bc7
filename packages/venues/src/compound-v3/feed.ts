import type { Feed } from "@plimsoll/core/book";
import { type HoldingId, type Why, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, chainFeed, holdingReader } from "@plimsoll/venues/chain";
import { type CometSource, type Discovered, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { parityOf } from "./parity.ts";
import { type CometSnapshot, readSnapshot } from "./snapshot.ts";
import { outdated } from "./snapshot-terms.ts";

/** Reads one account of one market: whole snapshots, at start and again with every new block. */
export const cometFeed = (id: HoldingId, source: CometSource, options: ChainFeedOptions = {}): Feed => {
  const reader = holdingReader<Discovered, CometSnapshot>({
    discover: (client) => discover(client, source),
    snapshot: (client, known, block) => readSnapshot(client, source, known, block),
    outdated,
    hasPosition,
    noPosition: noPosition(source),
    events: async (_client, snapshot) => [...eventsOf(snapshot, id, source), parityOf(snapshot, id, source)],
  });
  return chainFeed(id, source, reader, options);
};

const hasPosition = ({ body }: CometSnapshot): boolean =>
  body.principal !== 0n || body.collateral.some(({ balance }) => balance > 0n);

const noPosition = ({ user, market, chainId }: CometSource): Why =>
  why("compound-v3/no-position", {
    value: user,
    market: `${market} on chain ${chainId}`,
    next: "check the address, the market and the chain: this address supplies and owes nothing there",
  });
