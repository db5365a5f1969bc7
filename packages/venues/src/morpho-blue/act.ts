import type { Action, Actor, Flow } from "@plimsoll/core/book";
import { type Result, type Why, assetId, exact, fail, mulDiv, ok, text, why } from "@plimsoll/core/units";
import {
  type ActorOptions,
  type Draft,
  type Drafting,
  type Intent,
  type Signed,
  allowanceDrafts,
  chainActor,
  lower,
} from "@plimsoll/venues/chain";
import {
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  concatHex,
  encodeFunctionData,
  keccak256,
  parseEventLogs,
  toHex,
} from "viem";
import { actAbi } from "./abi.ts";
import { findPosition } from "./apply.ts";
import { ADAPTIVE_RATE_CAP } from "./worst-rates.ts";
import { WAD } from "./constants.ts";
import { compounded } from "./interest.ts";
import { type DiscoveredMarket, type MorphoSource, discover, morphoOf } from "./discover.ts";
import type { Position } from "./position.ts";
import { readMorphoBody } from "./read-holding.ts";
import { unitsOf } from "./refused.ts";
import { repaidBy } from "./repay.ts";
import { type MorphoSnapshot, readSnapshot } from "./snapshot.ts";
import type { TokenTerms } from "./terms.ts";

/** A limit, not a cost: unused gas is not paid. Rate models and oracles of public markets do more than the local ones. */
const actionGas = 600_000n;
/** What a debt can grow by while its transaction waits: an hour at the most that the adaptive rate model charges. */
const growthInAnHour = (debt: bigint): bigint => mulDiv(debt, compounded(ADAPTIVE_RATE_CAP, 3_600n), WAD, "up");

/**
 * Repays and adds collateral on behalf of `source.owner` from the wallet of `account`; the contract asks for no authorisation.
 *
 * An action is one message: the allowance for what it can need where the contract may not yet take it, then the call. The call's
 * data ends with a hash of the intent's key, which the contract ignores: two intents never sign the same bytes.
 */
export function morphoActor(source: MorphoSource, account: LocalAccount, options?: ActorOptions): Actor {
  const paid: MorphoSource = { ...source, payer: lower(account.address) };
  let known: readonly DiscoveredMarket[] | undefined;
  const markets = async (client: PublicClient): Promise<Result<readonly DiscoveredMarket[], Why>> => {
    const found = known === undefined ? await discover(client, source) : ok(known);
    known = found.ok ? found.value : undefined;
    return found;
  };
  const acts: Drafting = {
    errors: actAbi,
    draft: async (client, intent) => {
      const found = await markets(client);
      return found.ok ? draftAction(client, paid, found.value, intent) : found;
    },
    flowsOf: async (client, action, receipt) => {
      const found = await markets(client);
      return found.ok ? readFlows(action, receipt, found.value) : found;
    },
  };
  return chainActor(source, account, acts, options);
}

async function draftAction(
  client: PublicClient,
  source: MorphoSource,
  markets: readonly DiscoveredMarket[],
  { key, holding, action }: Intent,
): Promise<Result<readonly Draft[], Why>> {
  const body = readMorphoBody(holding.body);
  if (!body.ok) return body;
  if (body.value.owner !== lower(source.owner) || body.value.deployment !== source.deployment)
    return fail(why("morpho-blue/other-holding", { value: holding.id, next: "ask the actor of that holding" }));
  if (action.do !== "supply" && action.do !== "repay")
    return fail(why("morpho-blue/action-not-offered", { value: action.do, next: "supply collateral or repay" }));
  const now = await readSnapshot(client, source, markets);
  if (!now.ok) return now;
  const position = findPosition(now.value.body, action, now.value.terms);
  if (!position.ok) return position;
  const call = action.do === "repay" ? repayCall(position.value, action) : supplyCall(position.value, action);
  return call.ok ? draftsOf(source, markets, now.value, position.value, call.value, key) : call;
}

type Transfer = Extract<Action, { readonly do: "supply" | "repay" | "withdraw" }>;

/** What is sent, and what it takes: now, and at the most by the time it is mined. */
interface Call {
  readonly name: "repay" | "supplyCollateral";
  readonly token: TokenTerms;
  readonly amounts: readonly [assets: bigint, shares: bigint];
  readonly takes: bigint;
  readonly takesMost: bigint;
}

/** An amount that covers the debt is sent as all its shares: then interest until it is mined is paid too. */
function repayCall(position: Position, { amount }: Transfer): Result<Call, Why> {
  const { held, debt, terms } = position;
  if (held.borrowShares === 0n)
    return fail(why("morpho-blue/nothing-to-do", { market: terms.market, next: "name a market with a debt" }));
  const units = amount === "all" ? ok(debt) : unitsOf(amount, terms.loan);
  if (!units.ok) return units;
  const { shares, assets } = repaidBy(position, units.value);
  const token = terms.loan;
  if (shares < held.borrowShares)
    return ok({ name: "repay", token, amounts: [assets, 0n], takes: assets, takesMost: assets });
  return ok({ name: "repay", token, amounts: [0n, shares], takes: assets, takesMost: assets + growthInAnHour(assets) });
}

function supplyCall({ terms }: Position, { asset, amount }: Transfer): Result<Call, Why> {
  if (asset !== terms.collateral.asset)
    return fail(why("morpho-blue/action-not-offered", { value: `lend ${asset}`, next: "supply the collateral token" }));
  if (amount === "all")
    return fail(why("morpho-blue/supply-needs-an-amount", { asset, next: "write how much to supply" }));
  const units = unitsOf(amount, terms.collateral);
  if (!units.ok) return units;
  const [token, takes] = [terms.collateral, units.value];
  return ok({ name: "supplyCollateral", token, amounts: [takes, 0n], takes, takesMost: takes });
}

function draftsOf(
  source: MorphoSource,
  markets: readonly DiscoveredMarket[],
  { body }: MorphoSnapshot,
  { terms }: Position,
  { name, token, amounts: [assets, shares], takes, takesMost }: Call,
  key: string,
): Result<readonly Draft[], Why> {
  const { balance = 0n, allowance = 0n } = body.purses.find(({ asset }) => asset === token.asset) ?? {};
  if (balance === "unknown" || allowance === "unknown" || balance < takes)
    return fail(
      why("morpho-blue/wallet-too-small", {
        asset: token.asset,
        wallet: balance === "unknown" ? balance : text(exact(balance, token.decimals)),
        needed: text(exact(takes, token.decimals)),
        next: `send ${token.asset} to the paying wallet, or act with less`,
      }),
    );
  const params = markets.find((market) => market.terms.id === terms.id)!.params;
  const morpho = morphoOf(source);
  const data =
    name === "repay"
      ? encodeFunctionData({ abi: actAbi, functionName: name, args: [params, assets, shares, source.owner, "0x"] })
      : encodeFunctionData({ abi: actAbi, functionName: name, args: [params, assets, source.owner, "0x"] });
  return ok([
    ...allowanceDrafts(token.address as Hex, morpho, allowance, takesMost),
    { to: morpho, data: concatHex([data, keccak256(toHex(key))]), gas: actionGas },
  ]);
}

/** What moved into the market, from the contract's own events. */
function readFlows(
  { to }: Signed,
  { logs }: TransactionReceipt,
  markets: readonly DiscoveredMarket[],
): Result<readonly Flow[], Why> {
  const events = parseEventLogs({ abi: actAbi, logs: logs.filter(({ address }) => lower(address) === lower(to)) });
  const flows = events.flatMap(({ eventName, args }): readonly Flow[] => {
    const market = markets.find(({ terms }) => terms.id === lower(args.id))?.terms;
    if (market === undefined) return [];
    const { asset, decimals } = eventName === "Repay" ? market.loan : market.collateral;
    return [{ asset: assetId(asset), amount: exact(args.assets, decimals) }];
  });
  if (flows.length > 0) return ok(flows);
  return fail(
    why("morpho-blue/receipt-unreadable", {
      events: `${events.length}`,
      next: "ask again when the market can be read",
    }),
  );
}
