import type { BookEvent, Flow } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, assetId, exact, ok, text } from "@plimsoll/core/units";
import { type PublicClient, parseAbi } from "viem";
import { ask } from "./client.ts";
import { type AaveSource, type Discovered, lower } from "./discover.ts";
import type { AaveTerms } from "./terms.ts";
import { aaveAccount } from "./names.ts";

/** @source aave-v3-origin 3.6.0, IPool: the collateral named is what the liquidator got, without the protocol's fee. */
const [liquidationCall] = parseAbi([
  "event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)",
]);

export interface Blocks {
  readonly from: bigint;
  readonly to: bigint;
}

/** What liquidators did to a user in some blocks, as the pool's own events tell it. */
export async function readLiquidations(
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

export interface LiquidationLog {
  readonly collateral: string;
  readonly debt: string;
  readonly repaid: bigint;
  readonly receiveAToken: boolean;
  readonly seized: bigint;
}

/** The same as events of a turn, in house names and whole tokens. */
export function reportLiquidations(
  logs: readonly LiquidationLog[],
  { reserves, market }: AaveTerms,
  id: HoldingId,
  source: AaveSource,
  at: Ms,
): readonly BookEvent[] {
  const flow = (address: string, units: bigint): Flow => {
    const reserve = reserves.find((each) => each.address === address);
    return { asset: assetId(reserve?.asset ?? address), amount: exact(units, reserve?.decimals ?? 0) };
  };
  return logs.map(({ collateral, debt, repaid, seized, receiveAToken }): BookEvent => {
    const [taken, paid] = [flow(collateral, seized), flow(debt, repaid)];
    const body = { collateral: taken.asset, debt: paid.asset, debtToCover: repaid, receiveAToken };
    return {
      type: "effect",
      holding: id,
      account: aaveAccount(market, lower(source.user)),
      effect: { was: "liquidation", body },
      taken: [taken],
      fee: [],
      text: `liquidation: ${text(taken.amount)} ${taken.asset} taken for ${text(paid.amount)} ${paid.asset} of debt`,
      at,
    };
  });
}
