import type { Actor, Flow } from "@plimsoll/core/book";
import { type Result, type Why, assetId, exact, fail, mulDiv, ok, rescale, why } from "@plimsoll/core/units";
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
import { applyMorpho, findPosition } from "./apply.ts";
import { usualGas } from "./gas.ts";
import { ADAPTIVE_RATE_CAP } from "./worst-rates.ts";
import { WAD } from "./constants.ts";
import { compounded } from "./interest.ts";
import { type DiscoveredMarket, type MarketParams, type MorphoSource, discover, morphoOf } from "./discover.ts";
import { sceneOf } from "./events.ts";
import type { MorphoBody } from "./holding.ts";
import { morphoBlueId } from "./names.ts";
import type { Position } from "./position.ts";
import { readMorphoBody } from "./read-holding.ts";
import { repaidBy } from "./repay.ts";
import { type MorphoSnapshot, readSnapshot } from "./snapshot.ts";
import type { TokenTerms } from "./terms.ts";

const actionGas = { gas: 600_000n, usualGas };
/** What a debt can grow by while its transaction waits: an hour at the most that the adaptive rate model charges. */
const growthInAnHour = (debt: bigint): bigint => mulDiv(debt, compounded(ADAPTIVE_RATE_CAP, 3_600n), WAD, "up");

/**
 * Repays and adds collateral on behalf of `source.owner` from the wallet of `account`; the contract asks for no authorisation. Where that
 * wallet is the owner's own, it also takes out collateral and what is lent, to the owner and to nobody else.
 *
 * An action is tried on the engine first, at the state as it is now: what the contract would refuse is refused here, in its words. It is
 * one message: the allowance for what it can need where the contract may not yet take it, then the call.
 */
export function morphoActor(source: MorphoSource, account: LocalAccount, options?: ActorOptions): Actor {
  const paid: MorphoSource = { ...source, payer: lower(account.address) };
  let known: readonly DiscoveredMarket[] | undefined;
  const markets = async (client: PublicClient): Promise<Result<readonly DiscoveredMarket[], Why>> => {
    const found = known === undefined ? await discover(client, source) : ok(known);
    known = found.ok ? found.value : undefined;
    return found;
  };
  const lending: Lending<MorphoBody> = {
    ...{ venue: morphoBlueId, errors: actAbi, owner: source.owner, readBody: readMorphoBody },
    isMine: ({ owner, deployment }) => owner === lower(source.owner) && deployment === source.deployment,
    draft: async (client, action) => {
      const found = await markets(client);
      return found.ok ? draftAction(client, paid, found.value, action) : found;
    },
    flows: async (client, action, receipt) => {
      const found = await markets(client);
      return found.ok ? ok(readFlows(action, receipt, found.value)) : found;
    },
  };
  return transferActor(source, account, lending, options);
}

async function draftAction(
  client: PublicClient,
  source: MorphoSource,
  markets: readonly DiscoveredMarket[],
  action: Transfer,
): Promise<Result<readonly Draft[], Why>> {
  const now = await readSnapshot(client, source, markets);
  if (!now.ok) return now;
  const position = tryAction(now.value, source, action);
  if (!position.ok) return position;
  const { params } = markets.find(({ terms }) => terms.id === position.value.terms.id)!;
  const call = callOf(position.value, action, params, source.owner);
  const allowance = now.value.body.purses.find(({ asset }) => asset === action.asset)?.allowance ?? 0n;
  const token = position.value.terms[action.do === "repay" ? "loan" : "collateral"].address as Hex;
  const morpho = morphoOf(source);
  return ok([
    ...allowanceDrafts(token, morpho, allowance, call.takesMost),
    { to: morpho, data: call.data, ...actionGas },
  ]);
}

/** The position of an action that the engine takes at the state as it is; the allowance will be there by then. */
function tryAction(snapshot: MorphoSnapshot, source: MorphoSource, action: Transfer): Result<Position, Why> {
  const { body, terms } = snapshot;
  const position = findPosition(body, action, terms);
  if (!position.ok) return position;
  if (action.do === "supply" && action.asset !== position.value.terms.collateral.asset)
    return fail(
      why("morpho-blue/action-not-offered", { value: `lend ${action.asset}`, next: "supply the collateral token" }),
    );
  const allowed = { ...body, purses: body.purses.map((purse) => ({ ...purse, allowance: maxUint256 })) };
  const applied = applyMorpho(allowed, action, sceneOf(snapshot, source));
  return applied.ok ? position : applied;
}

/** What is sent, and what the contract has to be allowed for it: what it can take by the time it is mined. */
interface Call {
  readonly data: Hex;
  readonly takesMost: bigint;
}

/** An amount that covers all of a debt or of a supply is sent as all its shares: then interest until it is mined is in it too. */
function callOf(position: Position, action: Transfer, params: MarketParams, owner: Hex): Call {
  const { held, terms, debt, collateral, supplied } = position;
  const { do: what, amount, asset } = action;
  const unitsIn = ({ decimals }: TokenTerms, all: bigint) =>
    amount === "all" ? all : rescale(amount, decimals, "down").digits;
  if (what === "supply") {
    const assets = unitsIn(terms.collateral, 0n);
    const data = encode("supplyCollateral", [params, assets, owner, "0x"]);
    return { data, takesMost: assets };
  }
  if (what === "repay") {
    const { shares, assets } = repaidBy(position, unitsIn(terms.loan, debt));
    const isAll = shares === held.borrowShares;
    const data = encode("repay", [params, isAll ? 0n : assets, isAll ? shares : 0n, owner, "0x"]);
    return { data, takesMost: isAll ? assets + growthInAnHour(assets) : assets };
  }
  if (asset === terms.collateral.asset)
    return {
      data: encode("withdrawCollateral", [params, unitsIn(terms.collateral, collateral), owner, owner]),
      takesMost: 0n,
    };
  const assets = unitsIn(terms.loan, supplied);
  const isAll = amount === "all";
  return {
    data: encode("withdraw", [params, isAll ? 0n : assets, isAll ? held.supplyShares : 0n, owner, owner]),
    takesMost: 0n,
  };
}

const encode = (functionName: string, args: readonly unknown[]): Hex =>
  (encodeFunctionData as (call: object) => Hex)({ abi: actAbi, functionName, args });

/** What moved into the market or out of it, from the contract's own events. */
function readFlows(
  { to }: Signed,
  { logs }: TransactionReceipt,
  markets: readonly DiscoveredMarket[],
): readonly Flow[] {
  const events = parseEventLogs({ abi: actAbi, logs: logs.filter(({ address }) => lower(address) === lower(to)) });
  return events.flatMap(({ eventName, args }): readonly Flow[] => {
    const market = markets.find(({ terms }) => terms.id === lower(args.id))?.terms;
    if (market === undefined) return [];
    const isLoan = eventName === "Repay" || eventName === "Withdraw";
    const { asset, decimals } = isLoan ? market.loan : market.collateral;
    return [{ asset: assetId(asset), amount: exact(args.assets, decimals) }];
  });
}
