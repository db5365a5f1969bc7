import type { BookEvent, Feed } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, type ReadAt, chainFeed, reportsOf } from "@plimsoll/venues/chain";
import { type AaveSource, type Discovered, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { readLiquidations } from "./liquidation-reports.ts";
import { aaveV3Id } from "./names.ts";
import { parityOf } from "./parity.ts";
import { selfCheck } from "./self-check.ts";
import { type AaveSnapshot, readSnapshot } from "./snapshot.ts";
import { outdated } from "./snapshot-reads.ts";

/** Reads one Aave account: whole snapshots, at start and again with every new block. */
export const aaveFeed = (id: HoldingId, source: AaveSource, options: ChainFeedOptions = {}): Feed =>
  chainFeed(id, source, readerOf(id, source), options);

function readerOf(id: HoldingId, source: AaveSource): ReadAt {
  const reports = reportsOf(`${aaveV3Id}:${source.market}:liquidation-reports`);
  let known: Discovered | undefined;
  let hadPosition = false;
  const read: ReadAt = async (client, block) => {
    const found: Result<Discovered, Why> = known === undefined ? await discover(client, source) : ok(known);
    if (!found.ok) return found;
    const market = found.value;
    const snapshot = await readSnapshot(client, source, market, block);
    const changed = !snapshot.ok && snapshot.failure.code === outdated && known !== undefined;
    known = snapshot.ok ? market : undefined;
    if (changed) return read(client, block);
    if (!snapshot.ok) return snapshot;
    // Later an empty account is what is left of one: closed by its owner, or taken.
    hadPosition ||= hasPosition(snapshot.value);
    if (!hadPosition) return fail(noPosition(source));
    const { parentHash, body } = snapshot.value;
    return ok({
      parentHash,
      events: async () => [
        ...(await reports(body.block, (blocks) =>
          readLiquidations(client, source, market, id, snapshot.value, blocks),
        )),
        ...eventsOf(snapshot.value, id, source),
        ...checkEvents(snapshot.value, id, source),
      ],
    });
  };
  return read;
}

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
