import type { BookEvent, Flow } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, assetId, exact, ok, text } from "@plimsoll/core/units";
import { type PublicClient, parseAbi } from "viem";
import { type Blocks, ask, lower } from "@plimsoll/venues/chain";
import type { AaveSource, Discovered } from "./discover.ts";
import { momentOf } from "./events.ts";
import { aaveAccount } from "./names.ts";
import type { AaveSnapshot } from "./snapshot.ts";

/** @source aave-v3-origin 3.6.0, IPool: the collateral named is what the liquidator got, without the protocol's fee. */
const [liquidationCall] = parseAbi([
  "event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)",
]);

interface LiquidationLog {
  readonly collateral: string;
  readonly debt: string;
  readonly repaid: bigint;
  readonly receiveAToken: boolean;
  readonly seized: bigint;
}

/** What liquidators did to the user in some blocks, as the pool's own events tell it, in house names and whole tokens. */
export async function readLiquidations(
  client: PublicClient,
  source: AaveSource,
  { pool }: Discovered,
  id: HoldingId,
  snapshot: AaveSnapshot,
  { from: fromBlock, to: toBlock }: Blocks,
): Promise<Result<readonly BookEvent[], Why>> {
  const logs = await ask("eth_getLogs", () =>
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
  const read = logs.value.map(({ args }) => ({
    collateral: lower(args.collateralAsset),
    debt: lower(args.debtAsset),
    repaid: args.debtToCover,
    receiveAToken: args.receiveAToken,
    seized: args.liquidatedCollateralAmount,
  }));
  return ok(read.map((log) => reportOf(log, snapshot, id, source)));
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
