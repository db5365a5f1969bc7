import type { Feed } from "@plimsoll/core/book";
import { type HoldingId, type Why, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, chainFeed, holdingReader } from "@plimsoll/venues/chain";
import { type Discovered, type LiquitySource, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { parityOf } from "./parity.ts";
import { type LiquitySnapshot, outdated, readSnapshot } from "./snapshot.ts";
import type { LiquityTerms } from "./terms.ts";

/**
 * Reads one trove: whole snapshots, at start and again with every new block.
 * @param constants what no contract answers: least debt, gas deposit, bonus.
 */
export const liquityFeed = (
  id: HoldingId,
  source: LiquitySource,
  constants: LiquityTerms,
  options: ChainFeedOptions = {},
): Feed => {
  const reader = holdingReader<Discovered, LiquitySnapshot>({
    discover: (client) => discover(client, source),
    snapshot: (client, known, block) => readSnapshot(client, source, known, constants, block),
    outdated,
    hasPosition,
    noPosition: noPosition(source),
    events: async (_client, snapshot) => [...eventsOf(snapshot, id, source), parityOf(snapshot, id)],
  });
  return chainFeed(id, source, reader, options);
};

const hasPosition = ({ body }: LiquitySnapshot): boolean =>
  body.troves.length > 0 || body.surplus.some(({ units }) => units > 0n);

const noPosition = ({ trove, registry, chainId }: LiquitySource): Why =>
  why("liquity-v2/no-position", {
    value: `${trove}`,
    branch: `registry ${registry} on chain ${chainId}`,
    next: "check the trove's number and its branch: this trove is closed or was never opened there",
  });
