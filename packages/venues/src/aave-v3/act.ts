import type { Actor, Flow } from "@plimsoll/core/book";
import { type Result, type Why, assetId, exact, minOf, ok, rescale } from "@plimsoll/core/units";
import {
  type ActorOptions,
  type Draft,
  type Lending,
  type Signed,
  type Transfer,
  allowanceDrafts,
  lower,
  transferActor,
} from "@plimsoll/venues/chain";
import {
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  encodeFunctionData,
  maxUint256,
  parseEventLogs,
} from "viem";
import { actAbi } from "./abi.ts";
import { applyAave } from "./apply.ts";
import { type AaveSource, type DiscoveredReserve, discover } from "./discover.ts";
import { usualGas } from "./gas.ts";
import type { AaveBody } from "./holding.ts";
import { aaveV3Id } from "./names.ts";
import { type Position, readPositions } from "./position.ts";
import { readAaveBody } from "./read-holding.ts";
import { findReserve, withReserve } from "./reserve-access.ts";
import { sceneOf } from "./self-check.ts";
import { type AaveSnapshot, readSnapshot } from "./snapshot.ts";

const actionGas = { gas: 600_000n, usualGas };

/**
 * Supplies and repays on behalf of `source.user` from the wallet of `account`. Where that wallet is the user's own, it also repays with
 * what is supplied of the same asset, and withdraws, to the user and to nobody else.
 *
 * An action is tried on the engine first, at the state as it is now: what the pool would refuse is refused here, in its words. It is one
 * message of up to three transactions at consecutive nonces: the allowance for exactly its amount where the pool may not yet take it
 * (first to zero where some is left: several tokens demand that), then the call. Permits would save one transaction but many tokens have
 * none.
 */
export function aaveActor(source: AaveSource, account: LocalAccount, options?: ActorOptions): Actor {
  const paid: AaveSource = { ...source, payer: lower(account.address) };
  const lending: Lending<AaveBody> = {
    ...{ venue: aaveV3Id, errors: actAbi, owner: source.user, readBody: readAaveBody },
    isMine: ({ user, market }) => user === lower(source.user) && market === source.market,
    draft: (client, action) => draftAction(client, paid, action),
    flows: async (client, action, receipt) => {
      const market = await discover(client, paid);
      return market.ok ? ok(readFlows(action, receipt, market.value.reserves)) : market;
    },
  };
  return transferActor(source, account, lending, options);
}

async function draftAction(
  client: PublicClient,
  source: AaveSource,
  action: Transfer,
): Promise<Result<readonly Draft[], Why>> {
  const market = await discover(client, source);
  if (!market.ok) return market;
  const now = await readSnapshot(client, source, market.value);
  if (!now.ok) return now;
  const position = tryAction(now.value, source, action);
  if (!position.ok) return position;
  const { pool, reserves } = market.value;
  const reserve = reserves.find(({ asset }) => asset === action.asset)!;
  const { allowance } = position.value.held;
  const [amount, allowed] = amountOf(action, position.value, lower(source.user) === source.payer);
  const drafts = allowanceDrafts(reserve.address, pool, allowance, allowed);
  const data = callData(action, reserve.address, amount, source.user);
  return ok([...drafts, { to: pool, data, ...actionGas }]);
}

/** The reserve of an action that the engine takes at the state as it is; the allowance will be there by then. */
function tryAction(snapshot: AaveSnapshot, source: AaveSource, action: Transfer): Result<Position, Why> {
  const { body, terms } = snapshot;
  const reserve = findReserve(body, terms, action.asset);
  if (!reserve.ok) return reserve;
  const allowed = withReserve(body, { ...reserve.value.held, allowance: maxUint256 });
  const applied = applyAave(allowed, action, sceneOf(snapshot, source));
  if (!applied.ok) return applied;
  const positions = readPositions(body, terms);
  return positions.ok ? ok(positions.value.find(({ held }) => held.id === reserve.value.held.id)!) : positions;
}

/**
 * The amount that is named in the call, and what of it the pool has to be allowed. All of one's own is the maximum, which the pool takes
 * as what there is. For "all" of another's debt, which has to be named, it is the debt and the most that it can grow in an hour: the rate
 * strategy caps rates at 1000 % a year, an hour of which is a part in 876; the pool takes what is owed and no more.
 * @source aave-v3-origin 3.6.0, DefaultReserveInterestRateStrategyV2.MAX_BORROW_RATE, ValidationLogic.validateRepay
 */
function amountOf(
  { do: what, amount, from }: Transfer,
  { owed, terms: { decimals } }: Position,
  isOwn: boolean,
): readonly [amount: bigint, allowed: bigint] {
  const inAnHour = owed + owed / 876n + 1n;
  const named = amount === "all" ? undefined : rescale(amount, decimals, "down").digits;
  if (what === "withdraw" || from === "own-supply") return [named ?? maxUint256, 0n];
  if (what === "supply") return [named ?? 0n, named ?? 0n];
  return [named ?? (isOwn ? maxUint256 : inAnHour), minOf(named ?? inAnHour, inAnHour)];
}

function callData({ do: what, from }: Transfer, asset: Hex, amount: bigint, user: Hex): Hex {
  if (what === "supply")
    return encodeFunctionData({ abi: actAbi, functionName: "supply", args: [asset, amount, user, 0] });
  if (what === "withdraw")
    return encodeFunctionData({ abi: actAbi, functionName: "withdraw", args: [asset, amount, user] });
  if (from === "own-supply")
    return encodeFunctionData({ abi: actAbi, functionName: "repayWithATokens", args: [asset, amount, 2n] });
  return encodeFunctionData({ abi: actAbi, functionName: "repay", args: [asset, amount, 2n, user] });
}

/** What moved into the pool or out of it, from the pool's own events. */
function readFlows(
  { to }: Signed,
  { logs }: TransactionReceipt,
  reserves: readonly DiscoveredReserve[],
): readonly Flow[] {
  const events = parseEventLogs({ abi: actAbi, logs: logs.filter(({ address }) => lower(address) === lower(to)) });
  return events.flatMap(({ args }): readonly Flow[] => {
    const reserve = reserves.find(({ address }) => address === lower(args.reserve));
    return reserve === undefined
      ? []
      : [{ asset: assetId(reserve.asset), amount: exact(args.amount, reserve.decimals) }];
  });
}
