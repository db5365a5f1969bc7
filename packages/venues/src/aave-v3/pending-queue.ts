import { type Pending, diffTerms } from "@plimsoll/core/book";
import { type Result, type Why, exact, ms } from "@plimsoll/core/units";
import { type Hex, type PublicClient, getAddress, parseAbi } from "viem";
import { ask, lower } from "@plimsoll/venues/chain";
import type { AaveSource } from "./discover.ts";
import { aaveV3Id, oracleQuote } from "./names.ts";
import { type QueuedCall, movesMoney, readConfigCall } from "./pending-calls.ts";
import { type Outcome, applyConfigCall } from "./pending-terms.ts";
import type { AaveTerms } from "./terms.ts";

/** A contract in which governance calls wait, with the events and getters of OpenZeppelin's TimelockController. */
export interface Queue {
  readonly timelock: Hex;
  /** First block in which something that still waits may have been queued; the chain's first where left out. */
  readonly fromBlock?: bigint;
}

/** @source OpenZeppelin Contracts 5, TimelockController; aave-v3-origin 3.6.0, IPoolAddressesProvider.sol; Chainlink AggregatorInterface */
const queueAbi = parseAbi([
  "event CallScheduled(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data, bytes32 predecessor, uint256 delay)",
  "function getTimestamp(bytes32 id) view returns (uint256)",
  "function getPool() view returns (address)",
  "function getPoolConfigurator() view returns (address)",
  "function getPriceOracle() view returns (address)",
  "function latestAnswer() view returns (int256)",
  "function getPendingLtv(address asset) view returns (uint256)",
]);

/** `getTimestamp` of an operation that ran; 0 is one that is not queued, cancelled perhaps. */
const DONE = 1n;

/** What waits under one id: its calls in their order, and when they can run (seconds). */
interface Operation {
  readonly id: Hex;
  readonly readyAt: bigint;
  readonly calls: readonly QueuedCall[];
}

/**
 * What a queue will change in a market, in the order in which it can run, each on top of those before.
 * @param terms the market's terms now.
 */
export async function readPendingChanges(
  client: PublicClient,
  source: AaveSource,
  queue: Queue,
  terms: AaveTerms,
): Promise<Result<readonly Pending[], Why>> {
  const chain = reader(client);
  return ask("queue", async () => {
    const { contracts, configurator } = await chain.market(source.provider);
    const keptLtv = await chain.keptLtv(configurator, terms);
    const pendings: Pending[] = [];
    let before: Outcome = { terms, keptLtv, sources: new Map() };
    for (const { id, readyAt, calls } of await chain.operations(queue)) {
      const concerning = calls.filter(({ data }) => !movesMoney(data));
      if (concerning.length === 0) continue;
      const { after, unread } = runCalls(before, concerning, contracts, readyAt);
      const quotes = await readSources(chain, before, after);
      pendings.push({
        ...{
          at: ms(Number(readyAt) * 1_000),
          venue: aaveV3Id,
          rules: terms.rules,
          market: terms.market,
          how: "queued",
        },
        source: `operation ${id} of the timelock ${lower(queue.timelock)}`,
        changes: settings(before.terms, after.terms),
        prices: quotes.prices,
        unread: [...unread, ...quotes.unread],
      });
      before = after;
    }
    return pendings;
  });
}

/** What an operation sets anew; a category or a reserve that comes with it concerns nobody yet. */
const settings = (before: AaveTerms, after: AaveTerms): Pending["changes"] =>
  diffTerms(before, after).flatMap(({ path, from, to }) =>
    from === undefined || to === undefined ? [] : [{ path, to }],
  );

/** What new price sources answer now. */
async function readSources(chain: ReturnType<typeof reader>, before: Outcome, after: Outcome) {
  const fresh = [...after.sources].filter(([asset, feed]) => before.sources.get(asset) !== feed);
  const read = await Promise.all(
    fresh.map(async ([asset, feed]) => ({ asset, feed, answer: await chain.answer(feed) })),
  );
  const { market, baseDecimals } = after.terms;
  return {
    prices: read.flatMap(({ asset, answer }) =>
      answer === undefined ? [] : [{ key: oracleQuote(market, asset), to: exact(answer, baseDecimals) }],
    ),
    unread: read.flatMap(({ asset, feed, answer }) =>
      answer === undefined ? [`the price of ${asset} from its new source ${feed}`] : [],
    ),
  };
}

/** The market after an operation. What cannot be read is named: another contract that is called may hold a role in the market. */
function runCalls(before: Outcome, calls: readonly QueuedCall[], contracts: ReadonlySet<string>, at: bigint) {
  const unread: string[] = [];
  let after = before;
  for (const { target, data } of calls) {
    const call = contracts.has(target) ? readConfigCall(data) : undefined;
    const next = call && applyConfigCall(after, call, at);
    if (next?.ok) after = next.value;
    else unread.push(`${call?.functionName ?? `call ${data.slice(0, 10)}`} of ${target}`);
  }
  return { after, unread };
}

function reader(client: PublicClient) {
  const view = (address: Hex, functionName: "getPool" | "getPoolConfigurator" | "getPriceOracle") =>
    client.readContract({ abi: queueAbi, address: getAddress(address), functionName });
  return {
    /** The contracts whose calls can change the market. */
    market: async (provider: Hex) => {
      const [pool, configurator, oracle] = await Promise.all([
        view(provider, "getPool"),
        view(provider, "getPoolConfigurator"),
        view(provider, "getPriceOracle"),
      ]);
      return { configurator, contracts: new Set([provider, pool, configurator, oracle].map(lower)) };
    },
    /** Of reserves at LTV 0, where the configurator tells; contracts before release 3.1 keep none. */
    keptLtv: async (configurator: Hex, { reserves }: AaveTerms): Promise<ReadonlyMap<string, bigint>> => {
      const read = await Promise.all(
        reserves
          .filter(({ ltv }) => ltv === 0n)
          .map(async ({ asset, address }) => {
            const call = { abi: queueAbi, address: configurator, functionName: "getPendingLtv" } as const;
            return [
              asset,
              await client.readContract({ ...call, args: [address as Hex] }).catch(() => undefined),
            ] as const;
          }),
      );
      return new Map(read.flatMap(([asset, ltv]) => (ltv === undefined ? [] : [[asset, ltv] as const])));
    },
    /** Undefined where the source does not answer, or with nothing above 0: the oracle would ask its fallback then. */
    answer: async (feed: Hex): Promise<bigint | undefined> => {
      const answer = client.readContract({ abi: queueAbi, address: feed, functionName: "latestAnswer" });
      const price = await answer.catch(() => 0n);
      return price > 0n ? price : undefined;
    },
    operations: async ({ timelock, fromBlock = 0n }: Queue): Promise<readonly Operation[]> => {
      const logs = await client.getLogs({ address: timelock, event: queueAbi[0], fromBlock, strict: true });
      const byId = Map.groupBy(logs, ({ args }) => args.id);
      const operations = await Promise.all(
        [...byId].map(async ([id, scheduled]): Promise<Operation> => {
          const readyAt = await client.readContract({
            ...{ abi: queueAbi, address: timelock, functionName: "getTimestamp", args: [id] },
          });
          const ordered = scheduled.toSorted((a, b) => Number(a.args.index - b.args.index));
          return { id, readyAt, calls: ordered.map(({ args }) => ({ target: lower(args.target), data: args.data })) };
        }),
      );
      return operations.filter(({ readyAt }) => readyAt > DONE).toSorted((a, b) => Number(a.readyAt - b.readyAt));
    },
  };
}
