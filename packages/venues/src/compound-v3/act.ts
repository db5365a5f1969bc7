import type { Actor, Flow } from "@plimsoll/core/book";
import { type Result, type Why, assetId, exact, fail, maxOf, ok, rescale, why } from "@plimsoll/core/units";
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
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  encodeFunctionData,
  maxUint256,
  parseEventLogs,
} from "viem";
import { actAbi } from "./abi.ts";
import { applyComet } from "./apply.ts";
import { owedOf } from "./base-balance.ts";
import { FACTOR_SCALE, mulFactor } from "./comet-math.ts";
import { type CometSource, type Discovered, type Listed, discover } from "./discover.ts";
import { sceneOf } from "./events.ts";
import { usualGas } from "./gas.ts";
import type { CometBody, Funds } from "./holding.ts";
import { accrue, rateAt, utilizationOf } from "./indices.ts";
import { compoundV3Id } from "./names.ts";
import { readCometBody } from "./read-holding.ts";
import { type CometSnapshot, readSnapshot } from "./snapshot.ts";
import type { CometTerms } from "./terms.ts";

const actionGas = { gas: 800_000n, usualGas };

/**
 * Repays and adds collateral for `source.user` from the wallet of `account`; the market asks for no permission. Where that wallet is the
 * user's own, it also takes out collateral and own supply, to the user and to nobody else; it never borrows.
 *
 * An action is tried on the engine first, at the state as it is now: what the market would refuse is refused here, in its words. It is one
 * message: the allowance for what it can need where the market may not yet take it, then the call.
 */
export function cometActor(source: CometSource, account: LocalAccount, options?: ActorOptions): Actor {
  const paid: CometSource = { ...source, payer: lower(account.address) };
  const lending: Lending<CometBody> = {
    ...{ venue: compoundV3Id, errors: actAbi, owner: source.user, readBody: readCometBody },
    isMine: ({ user, market }) => user === lower(source.user) && market === source.market,
    draft: (client, action) => draftAction(client, paid, action),
    flows: async (client, action, receipt) => {
      const market = await discover(client, paid);
      return market.ok ? ok(readFlows(action, receipt, market.value)) : market;
    },
  };
  return transferActor(source, account, lending, options);
}

async function draftAction(
  client: PublicClient,
  source: CometSource,
  action: Transfer,
): Promise<Result<readonly Draft[], Why>> {
  const market = await discover(client, source);
  if (!market.ok) return market;
  const now = await readSnapshot(client, source, market.value);
  if (!now.ok) return now;
  const tried = tryAction(now.value, source, action);
  if (!tried.ok) return tried;
  const { base, assets } = market.value;
  const place = assets.findIndex(({ asset }) => asset === action.asset);
  const token = assets[place] ?? base;
  const held = now.value.body.collateral.find(({ id }) => id === place);
  const { allowance } = held?.funds ?? now.value.body.funds;
  const { amount, allowed } = amountOf(action, now.value, token, held?.balance);
  const data =
    action.do === "withdraw"
      ? encodeFunctionData({ abi: actAbi, functionName: "withdrawTo", args: [source.user, token.address, amount] })
      : encodeFunctionData({ abi: actAbi, functionName: "supplyTo", args: [source.user, token.address, amount] });
  return ok([
    ...allowanceDrafts(token.address, source.comet, allowance, allowed),
    { to: source.comet, data, ...actionGas },
  ]);
}

/** The action on the engine, at the state as it is; the allowance will be there by then, and nothing may become or stay a loan of ours. */
function tryAction(snapshot: CometSnapshot, source: CometSource, action: Transfer): Result<CometBody, Why> {
  const { body, terms } = snapshot;
  const { asset } = terms.base;
  if (action.do === "supply" && action.asset === asset)
    return fail(
      why("compound-v3/action-not-offered", { value: `lend ${asset}`, next: "supply a collateral token, or repay" }),
    );
  const allowed = (funds: Funds): Funds => ({ ...funds, allowance: maxUint256 });
  const funded = {
    ...body,
    funds: allowed(body.funds),
    collateral: body.collateral.map((each) => ({ ...each, funds: allowed(each.funds) })),
  };
  const applied = applyComet(funded, action, sceneOf(snapshot, source));
  if (!applied.ok || action.do !== "withdraw" || action.asset !== asset || applied.value.principal >= 0n)
    return applied;
  return fail(
    why("compound-v3/would-borrow", { asset, next: "withdraw at most what is supplied: nothing is borrowed" }),
  );
}

/** What is named in the call, and what of it the market has to be allowed: from the debt on the maximum, which it takes as what is owed. */
function amountOf(
  { do: what, amount }: Transfer,
  { body, terms }: CometSnapshot,
  { decimals }: Listed,
  balance: bigint | undefined,
): { readonly amount: bigint; readonly allowed: bigint } {
  const named = amount === "all" ? undefined : rescale(amount, decimals, "down").digits;
  if (what === "withdraw") return { amount: named ?? balance ?? maxUint256, allowed: 0n };
  if (what === "supply") return { amount: named ?? 0n, allowed: named ?? 0n };
  const owed = owedOf(accrue(body, terms));
  const isAll = named === undefined || named >= owed;
  return isAll ? { amount: maxUint256, allowed: owedInAnHour(body, terms, owed) } : { amount: named, allowed: named };
}

/** The debt and the most that it can grow in an hour: at the top of the borrow curve, or above it where reserves are lent too. */
function owedInAnHour({ totals }: CometBody, { borrowCurve }: CometTerms, owed: bigint): bigint {
  const used = totals === "not-read" ? FACTOR_SCALE : maxOf(FACTOR_SCALE, utilizationOf(totals));
  return owed + mulFactor(owed, rateAt(borrowCurve, used) * 3_600n) + 2n;
}

/** What moved into the market or out of it, from its own events. */
function readFlows({ to }: Signed, { logs }: TransactionReceipt, { base, assets }: Discovered): readonly Flow[] {
  const events = parseEventLogs({ abi: actAbi, logs: logs.filter(({ address }) => lower(address) === lower(to)) });
  return events.flatMap(({ args }): readonly Flow[] => {
    const token = "asset" in args ? assets.find(({ address }) => address === lower(args.asset)) : base;
    return token === undefined ? [] : [{ asset: assetId(token.asset), amount: exact(args.amount, token.decimals) }];
  });
}
