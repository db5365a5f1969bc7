import type { BookEvent, Feed } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import type { Hex, PublicClient } from "viem";
import { ask, rpcClient } from "./client.ts";
import { type AaveSource, type Discovered, discover } from "./discover.ts";
import { selfCheck } from "./self-check.ts";
import { eventsOf } from "./events.ts";
import { liquidationReporter } from "./liquidation-reports.ts";
import { type AaveSnapshot, readSnapshot } from "./snapshot.ts";
import { outdated } from "./snapshot-reads.ts";

export interface FeedOptions {
  /** Pause between two looks for a new block. */
  readonly everyMs?: number;
  readonly now?: () => Ms;
}

interface Head {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
}

/** How far back a gap is followed before it is called lost. */
const longestGap = 64n;

/** Reads one Aave account: whole snapshots, at start and again with every new block. */
export function aaveFeed(id: HoldingId, source: AaveSource, options: FeedOptions = {}): Feed {
  const { everyMs = 1_000, now = () => ms(Date.now()) } = options;
  const reader = readerOf(id, source);
  let hadPosition = false;
  return {
    snapshot: async () => {
      const read = await reader.read();
      if (!read.ok) return read;
      // Later an empty account is what is left of one: closed by its owner, or taken.
      hadPosition ||= hasPosition(read.value);
      return hadPosition ? ok(await reader.events(read.value)) : fail(noPosition(source));
    },
    watch: async (on) => {
      const report = (events: readonly BookEvent[]) => {
        for (const event of events) on(event, now());
      };
      const look = lookerOf(reader, id, report);
      return repeat(look, everyMs);
    },
  };
}

/** Runs `look` again and again until the returned function is called; that waits for the look under way. */
function repeat(look: () => Promise<void>, everyMs: number): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  const round = () => {
    running = look().then(() => {
      if (!stopped) timer = setTimeout(round, everyMs);
    });
  };
  round();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}

interface Reader {
  /** One snapshot of the latest block, or of `head`; discovers the market at first and whenever it has changed. */
  read(head?: Head): Promise<Result<AaveSnapshot, Why>>;
  /** What a turn is told of a snapshot, after what liquidators did in the blocks since the last one. */
  events(snapshot: AaveSnapshot): Promise<readonly BookEvent[]>;
  head(number?: bigint): Promise<Result<Head, Why>>;
}

function readerOf(id: HoldingId, source: AaveSource): Reader {
  const client = rpcClient(source.rpcUrl);
  let known: Discovered | undefined;
  const read: Reader["read"] = async (head) => {
    const found = known === undefined ? await discover(client, source) : ok(known);
    if (!found.ok) return found;
    const snapshot = await readSnapshot(client, source, found.value, head?.number);
    if (!snapshot.ok && snapshot.failure.code === outdated && known !== undefined) {
      known = undefined;
      return read(head);
    }
    known = snapshot.ok ? found.value : undefined;
    if (!snapshot.ok || head === undefined || snapshot.value.parentHash === head.parentHash) return snapshot;
    return fail(why("aave-v3/block-replaced", { block: `${head.number}`, next: "read the new chain's head" }));
  };
  const liquidations = liquidationReporter(client, source, id);
  return {
    read,
    events: async (snapshot) => {
      const checked = selfCheck(snapshot, source);
      const reported = known === undefined ? [] : await liquidations(snapshot, known);
      const events = [...reported, ...eventsOf(snapshot, id, source)];
      return checked.ok ? events : [...events, lost(id, checked.failure)];
    },
    head: (number) => readHead(client, source.rpcUrl, number),
  };
}

/** One look at the chain's head: nothing new, a new block, or something lost and then the state as it is now. */
function lookerOf(reader: Reader, id: HoldingId, report: (events: readonly BookEvent[]) => void) {
  let last: Head | undefined;
  let failing: string | undefined;
  const fails = (failure: Why) => {
    // An outage is told once, not at every look.
    if (failing !== failure.code) report([lost(id, failure)]);
    failing = failure.code;
  };
  return async () => {
    const head = await reader.head();
    if (!head.ok) return fails(head.failure);
    if (failing === undefined && head.value.hash === last?.hash) return;
    const snapshot = await reader.read(head.value);
    if (!snapshot.ok) return fails(snapshot.failure);
    const broken = last === undefined ? undefined : await brokenLink(reader, last, head.value);
    [last, failing] = [head.value, undefined];
    report([...(broken === undefined ? [] : [lost(id, broken)]), ...(await reader.events(snapshot.value))]);
  };
}

/** Follows the new head back to the block seen last. @returns why the chain between them is not the one we were on. */
async function brokenLink(reader: Reader, last: Head, head: Head): Promise<Why | undefined> {
  const between = { from: `${last.number}`, to: `${head.number}` };
  if (head.number > last.number + longestGap)
    return why("aave-v3/gap", { ...between, next: "what happened in between is not known; the state now is" });
  if (head.hash === last.hash) return undefined;
  let block = head;
  while (block.number > last.number + 1n) {
    const before = await reader.head(block.number - 1n);
    if (!before.ok) return before.failure;
    if (before.value.hash !== block.parentHash) return reorganised(between);
    block = before.value;
  }
  return block.parentHash === last.hash ? undefined : reorganised(between);
}

const reorganised = (between: { from: string; to: string }): Why =>
  why("aave-v3/reorganised", {
    ...between,
    next: "blocks seen before were replaced; actions in them are asked about again",
  });

async function readHead(client: PublicClient, url: string, number?: bigint): Promise<Result<Head, Why>> {
  const block = await ask("eth_getBlockByNumber", url, () =>
    number === undefined ? client.getBlock({ blockTag: "latest" }) : client.getBlock({ blockNumber: number }),
  );
  return block.ok
    ? ok({ number: block.value.number, hash: block.value.hash, parentHash: block.value.parentHash })
    : block;
}

const lost = (id: HoldingId, reason: Why): BookEvent => ({ type: "lost", what: id, why: reason });

const hasPosition = ({ body }: AaveSnapshot): boolean =>
  body.config !== 0n || body.reserves.some(({ scaledSupply, scaledDebt }) => scaledSupply > 0n || scaledDebt > 0n);

const noPosition = ({ user, market, chainId }: AaveSource): Why =>
  why("aave-v3/no-position", {
    value: user,
    market: `${market} on chain ${chainId}`,
    next: "check the address, the market and the chain: this address supplies and owes nothing there",
  });
