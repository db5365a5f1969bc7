import type { BookEvent, Feed } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, exact, fail, ms, ok, why } from "@plimsoll/core/units";
import type { Hex, PublicClient } from "viem";
import { type Head, brokenLink, readHead } from "./blocks.ts";
import { readGasPrice } from "./fees.ts";
import { operatorClients, readClient } from "./operators.ts";
import { type ChainSource, chainName } from "./rpc.ts";

export interface ChainFeedOptions {
  /** Pause between two looks for a new block. */
  readonly everyMs?: number;
  readonly now?: () => Ms;
}

/** Everything of one holding at one block; `parentHash` says on which chain that block was. */
export interface Seen {
  readonly parentHash: Hex;
  /** What a turn is told, in the order in which it must be applied; asked once, of a snapshot that is used. */
  readonly events: () => Promise<readonly BookEvent[]>;
}

/** Reads one holding at a block, by default the latest; what it found out before, it may remember. */
export type ReadAt = (client: PublicClient, block?: bigint) => Promise<Result<Seen, Why>>;

/**
 * A feed of whole snapshots: one at start, one with every new block. Blocks that were replaced, gaps and outages are told as
 * `lost`, followed by the state as it is now.
 */
export function chainFeed(
  id: HoldingId,
  source: ChainSource,
  read: ReadAt,
  { everyMs = 1_000, now = () => ms(Date.now()) }: ChainFeedOptions = {},
): Feed {
  const [client, operators] = [readClient(source), operatorClients(source)];
  return {
    snapshot: async () => {
      const seen = await read(client);
      return seen.ok ? ok(await seen.value.events()) : seen;
    },
    watch: async (on) => {
      const report = (events: readonly BookEvent[]) => {
        for (const event of events) on(event, now());
      };
      const headAt = (number?: bigint) => readHead(client, number);
      const look = lookerOf(id, headAt, (head) => readOn(client, read, head), report);
      const lookWithGas = async () => {
        if (await look()) report(await gasEvents(client, operators, source, now()));
      };
      return repeat(lookWithGas, everyMs);
    },
  };
}

/** What a unit of gas costs in the next block, even if this one was full; nothing where operators do not say. */
async function gasEvents(
  client: PublicClient,
  operators: readonly PublicClient[],
  { chainId }: ChainSource,
  at: Ms,
): Promise<readonly BookEvent[]> {
  const read = await readGasPrice(client, operators);
  if (!read.ok) return [];
  const { base, priority } = read.value;
  const price = exact((base * 9n) / 8n + priority, 18);
  return [{ type: "gas", chain: chainName(chainId), price, inclusionBlocks: 1, at }];
}

/** The state at a head, refused where the endpoint answered from another chain than the head's. */
async function readOn(client: PublicClient, read: ReadAt, head: Head): Promise<Result<Seen, Why>> {
  const seen = await read(client, head.number);
  if (!seen.ok || seen.value.parentHash === head.parentHash) return seen;
  return fail(why("chain/block-replaced", { block: `${head.number}`, next: "read the new chain's head" }));
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

/**
 * One look at the chain's head: nothing new, a new block, or something lost and then the state as it is now.
 * @returns whether something new was read.
 */
function lookerOf(
  id: HoldingId,
  headAt: (number?: bigint) => Promise<Result<Head, Why>>,
  readAt: (head: Head) => Promise<Result<Seen, Why>>,
  report: (events: readonly BookEvent[]) => void,
) {
  let last: Head | undefined;
  let failing: string | undefined;
  const lost = (reason: Why): BookEvent => ({ type: "lost", what: id, why: reason });
  const fails = (failure: Why) => {
    // An outage is told once, not at every look.
    if (failing !== failure.code) report([lost(failure)]);
    failing = failure.code;
    return false;
  };
  return async (): Promise<boolean> => {
    const head = await headAt();
    if (!head.ok) return fails(head.failure);
    if (failing === undefined && head.value.hash === last?.hash) return false;
    const seen = await readAt(head.value);
    if (!seen.ok) return fails(seen.failure);
    const broken = last === undefined ? undefined : await brokenLink(headAt, last, head.value);
    [last, failing] = [head.value, undefined];
    report([...(broken === undefined ? [] : [lost(broken)]), ...(await seen.value.events())]);
    return true;
  };
}
