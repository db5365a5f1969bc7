import type { Feed } from "@plimsoll/core/book";
import { type HoldingId, type Why, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, chainFeed, holdingReader } from "@plimsoll/venues/chain";
import { type Discovered, type SkySource, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { parityOf } from "./parity.ts";
import { type SkySnapshot, readSnapshot } from "./snapshot.ts";
import { outdated } from "./snapshot-terms.ts";

/** Reads one vault: whole snapshots, at start and again with every new block. */
export const skyFeed = (id: HoldingId, source: SkySource, options: ChainFeedOptions = {}): Feed => {
  const reader = holdingReader<Discovered, SkySnapshot>({
    discover: (client) => discover(client, source),
    snapshot: (client, known, block) => readSnapshot(client, source, known, block),
    outdated,
    hasPosition,
    noPosition: noPosition(source),
    events: async (_client, snapshot) => [...eventsOf(snapshot, id, source), parityOf(snapshot, id)],
  });
  return chainFeed(id, source, reader, options);
};

const hasPosition = ({ body }: SkySnapshot): boolean =>
  body.sales.length > 0 || body.vaults.some(({ ink, art, gem }) => ink + art + gem > 0n);

const noPosition = ({ urn, ilk, chainId }: SkySource): Why =>
  why("sky/no-position", {
    value: urn,
    type: `${ilk} on chain ${chainId}`,
    next: "check the type and the urn: the vault's own address in the core (the manager's urns), not its owner's wallet",
  });
