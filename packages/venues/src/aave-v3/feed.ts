import type { BookEvent, Feed } from "@plimsoll/core/book";
import { type HoldingId, type Why, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, chainFeed, holdingReader, reportsOf } from "@plimsoll/venues/chain";
import { type AaveSource, type Discovered, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { readLiquidations } from "./liquidation-reports.ts";
import { aaveV3Id } from "./names.ts";
import { parityOf } from "./parity.ts";
import { selfCheck } from "./self-check.ts";
import { type AaveSnapshot, readSnapshot } from "./snapshot.ts";
import { outdated } from "./snapshot-reads.ts";

/** Reads one Aave account: whole snapshots, at start and again with every new block. */
export const aaveFeed = (id: HoldingId, source: AaveSource, options: ChainFeedOptions = {}): Feed => {
  const reports = reportsOf(`${aaveV3Id}:${source.market}:liquidation-reports`);
  const reader = holdingReader<Discovered, AaveSnapshot>({
    discover: (client) => discover(client, source),
    snapshot: (client, known, block) => readSnapshot(client, source, known, block),
    outdated,
    hasPosition,
    noPosition: noPosition(source),
    events: async (client, snapshot, known) => [
      ...(await reports(snapshot.body.block, (blocks) =>
        readLiquidations(client, source, known, id, snapshot, blocks),
      )),
      ...eventsOf(snapshot, id, source),
      ...checkEvents(snapshot, id, source),
    ],
  });
  return chainFeed(id, source, reader, options);
};

/** Our account data beside the contract's; where they are not equal to the last unit the account is unknown. */
function checkEvents(snapshot: AaveSnapshot, id: HoldingId, source: AaveSource): readonly BookEvent[] {
  const checked = selfCheck(snapshot, source);
  const rows = parityOf(snapshot, id, source);
  return checked.ok ? rows : [...rows, { type: "lost", what: id, why: checked.failure }];
}

const hasPosition = ({ body }: AaveSnapshot): boolean =>
  body.config !== 0n || body.reserves.some(({ scaledSupply, scaledDebt }) => scaledSupply > 0n || scaledDebt > 0n);

const noPosition = ({ user, market, chainId }: AaveSource): Why =>
  why("aave-v3/no-position", {
    value: user,
    market: `${market} on chain ${chainId}`,
    next: "check the address, the market and the chain: this address supplies and owes nothing there",
  });
