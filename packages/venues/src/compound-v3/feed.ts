import type { Feed } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ChainFeedOptions, type ReadAt, chainFeed } from "@plimsoll/venues/chain";
import { type CometSource, type Discovered, discover } from "./discover.ts";
import { eventsOf } from "./events.ts";
import { parityOf } from "./parity.ts";
import { type CometSnapshot, readSnapshot } from "./snapshot.ts";
import { outdated } from "./snapshot-terms.ts";

/** Reads one account of one market: whole snapshots, at start and again with every new block. */
export const cometFeed = (id: HoldingId, source: CometSource, options: ChainFeedOptions = {}): Feed =>
  chainFeed(id, source, readerOf(id, source), options);

function readerOf(id: HoldingId, source: CometSource): ReadAt {
  let known: Discovered | undefined;
  let hadPosition = false;
  const read: ReadAt = async (client, block) => {
    const found: Result<Discovered, Why> = known === undefined ? await discover(client, source) : ok(known);
    if (!found.ok) return found;
    const snapshot = await readSnapshot(client, source, found.value, block);
    const changed = !snapshot.ok && snapshot.failure.code === outdated && known !== undefined;
    known = snapshot.ok ? found.value : undefined;
    if (changed) return read(client, block);
    if (!snapshot.ok) return snapshot;
    // Later an empty account is what is left of one: closed by its owner, or taken.
    hadPosition ||= hasPosition(snapshot.value);
    if (!hadPosition) return fail(noPosition(source));
    const { parentHash } = snapshot.value;
    const events = [...eventsOf(snapshot.value, id, source), parityOf(snapshot.value, id, source)];
    return ok({ parentHash, events: async () => events });
  };
  return read;
}

const hasPosition = ({ body }: CometSnapshot): boolean =>
  body.principal !== 0n || body.collateral.some(({ balance }) => balance > 0n);

const noPosition = ({ user, market, chainId }: CometSource): Why =>
  why("compound-v3/no-position", {
    value: user,
    market: `${market} on chain ${chainId}`,
    next: "check the address, the market and the chain: this address supplies and owes nothing there",
  });
