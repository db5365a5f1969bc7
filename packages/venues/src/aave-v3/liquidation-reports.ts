import type { BookEvent, Flow } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, assetId, exact, ok, text, why } from "@plimsoll/core/units";
import { type PublicClient, parseAbi } from "viem";
import { ask } from "./client.ts";
import { type AaveSource, type Discovered, lower } from "./discover.ts";
import { momentOf } from "./events.ts";
import { aaveAccount, aaveV3Id } from "./names.ts";
import type { AaveSnapshot } from "./snapshot.ts";

/** @source aave-v3-origin 3.6.0, IPool: the collateral named is what the liquidator got, without the protocol's fee. */
const [liquidationCall] = parseAbi([
  "event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)",
]);

/** How many blocks back are asked about at the most; many endpoints refuse long ranges. */
const longestRange = 64n;

interface Blocks {
  readonly from: bigint;
  readonly to: bigint;
}
interface LiquidationLog {
  readonly collateral: string;
  readonly debt: string;
  readonly repaid: bigint;
  readonly receiveAToken: boolean;
  readonly seized: bigint;
}

/** What liquidators did in the blocks since the snapshot before, as events to be told before those of this snapshot. */
type LiquidationReporter = (snapshot: AaveSnapshot, market: Discovered) => Promise<readonly BookEvent[]>;

/**
 * A reporter for one holding. The first snapshot has no blocks before it. Blocks that could not be asked about are asked about
 * with the next ones; that, and blocks too far back to ask, is told once, in a name that takes no account with it.
 */
export function liquidationReporter(client: PublicClient, source: AaveSource, id: HoldingId): LiquidationReporter {
  let reportedTo: bigint | undefined;
  let failing = false;
  return async (snapshot, market) => {
    const [before, to] = [reportedTo, snapshot.body.block];
    reportedTo ??= to;
    if (before === undefined || to <= before) return [];
    const from = to - before > longestRange ? to - longestRange + 1n : before + 1n;
    const logs = await readLiquidations(client, source, market, { from, to });
    if (!logs.ok) {
      const events = failing ? [] : [unseen(source, logs.failure)];
      failing = true;
      return events;
    }
    [reportedTo, failing] = [to, false];
    const skipped = from > before + 1n ? [unseen(source, tooFarBack(before + 1n, from - 1n))] : [];
    return [...skipped, ...logs.value.map((log) => reportOf(log, snapshot, id, source))];
  };
}

const unseen = ({ market }: AaveSource, reason: Why): BookEvent => ({
  type: "lost",
  what: `${aaveV3Id}:${market}:liquidation-reports`,
  why: reason,
});

const tooFarBack = (from: bigint, to: bigint): Why =>
  why("aave-v3/blocks-not-asked", {
    from: `${from}`,
    to: `${to}`,
    detail: `liquidations in blocks ${from} to ${to} are not reported, they are too far back; the holding shows their result`,
    next: "look these blocks up at a block explorer if the holding changed in them",
  });

/** What liquidators did to a user in some blocks, as the pool's own events tell it. */
async function readLiquidations(
  client: PublicClient,
  source: AaveSource,
  { pool }: Discovered,
  blocks: Blocks,
): Promise<Result<readonly LiquidationLog[], Why>> {
  const { from: fromBlock, to: toBlock } = blocks;
  const logs = await ask("eth_getLogs", source.rpcUrl, () =>
    client.getLogs({
      address: pool,
      event: liquidationCall,
      args: { user: source.user },
      fromBlock,
      toBlock,
      strict: true,
    }),
  );
  if (!logs.ok) return logs;
  return ok(
    logs.value.map(({ args }) => ({
      collateral: lower(args.collateralAsset),
      debt: lower(args.debtAsset),
      repaid: args.debtToCover,
      receiveAToken: args.receiveAToken,
      seized: args.liquidatedCollateralAmount,
    })),
  );
}

/** The same as an event of a turn, in house names and whole tokens. */
function reportOf(log: LiquidationLog, { body, terms }: AaveSnapshot, id: HoldingId, source: AaveSource): BookEvent {
  const flow = (address: string, units: bigint): Flow => {
    const reserve = terms.reserves.find((each) => each.address === address);
    return { asset: assetId(reserve?.asset ?? address), amount: exact(units, reserve?.decimals ?? 0) };
  };
  const { collateral, debt, repaid, seized, receiveAToken } = log;
  const [taken, paid] = [flow(collateral, seized), flow(debt, repaid)];
  return {
    type: "effect",
    holding: id,
    account: aaveAccount(terms.market, lower(source.user)),
    effect: {
      was: "liquidation",
      body: { collateral: taken.asset, debt: paid.asset, debtToCover: repaid, receiveAToken },
    },
    taken: [taken],
    fee: [],
    text: `liquidation: ${text(taken.amount)} ${taken.asset} taken for ${text(paid.amount)} ${paid.asset} of debt`,
    at: momentOf(body),
  };
}
