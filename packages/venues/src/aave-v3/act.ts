import type { Action, Actor, Flow } from "@plimsoll/core/book";
import { type Result, type Why, assetId, exact, fail, ok, rescale, text, why } from "@plimsoll/core/units";
import {
  type ActorOptions,
  type Draft,
  type Drafting,
  type Intent,
  type Signed,
  aggregateOf,
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
import { actAbi, readAbi } from "./abi.ts";
import { type AaveSource, type DiscoveredReserve, discover } from "./discover.ts";
import { readAaveBody } from "./read-holding.ts";

/** A limit, not a cost: unused gas is not paid. The local market needs 135k and 141k; tokens of public markets do more. */
const actionGas = 600_000n;

/**
 * Supplies and repays on behalf of `source.user` from the wallet of `account`.
 *
 * An action is one message of up to three transactions at consecutive nonces: the allowance for exactly its amount where the
 * pool may not yet take it (first to zero where some is left: several tokens demand that), then the call. Permits would save
 * one transaction but many tokens have none. The call's data ends with a hash of the intent's key, which the contract ignores:
 * two intents never sign the same bytes. A message is bound to its nonces, so sending it twice, or sending what another attempt
 * already replaced, has one effect at most.
 */
export function aaveActor(source: AaveSource, account: LocalAccount, options?: ActorOptions): Actor {
  const paid: AaveSource = { ...source, payer: lower(account.address) };
  const acts: Drafting = {
    errors: actAbi,
    draft: (client, intent) => draftAction(client, paid, account.address, intent),
    flowsOf: async (client, action, receipt) => {
      const market = await discover(client, paid);
      return market.ok ? readFlows(action, receipt, market.value.reserves) : market;
    },
  };
  return chainActor(source, account, acts, options);
}

async function draftAction(
  client: PublicClient,
  source: AaveSource,
  payer: Hex,
  { key, holding, action }: Intent,
): Promise<Result<readonly Draft[], Why>> {
  const body = readAaveBody(holding.body);
  if (!body.ok) return body;
  if (body.value.user !== lower(source.user) || body.value.market !== source.market)
    return fail(why("aave-v3/other-holding", { value: holding.id, next: "ask the actor of that holding" }));
  if (action.do !== "supply" && action.do !== "repay")
    return fail(why("aave-v3/action-not-offered", { value: action.do, next: "supply or repay" }));
  const market = await discover(client, source);
  if (!market.ok) return market;
  const { pool, reserves } = market.value;
  const reserve = reserves.find(({ asset }) => asset === action.asset);
  if (reserve === undefined)
    return fail(why("aave-v3/unknown-asset", { value: action.asset, next: "name an asset of this market" }));
  const funds = await readFunds(client, source, payer, pool, reserve);
  if (!funds.ok) return funds;
  const amount = amountOf(action, reserve, funds.value);
  if (!amount.ok) return amount;
  return ok([
    ...allowanceDrafts(reserve.address, pool, funds.value.allowance, amount.value),
    actionDraft(action.do, { pool, asset: reserve.address, amount: amount.value, key, source }),
  ]);
}

interface Funds {
  readonly wallet: bigint;
  readonly allowance: bigint;
  readonly debt: bigint;
}

async function readFunds(
  client: PublicClient,
  source: AaveSource,
  payer: Hex,
  pool: Hex,
  reserve: DiscoveredReserve,
): Promise<Result<Funds, Why>> {
  const batch = aggregateOf(readAbi);
  const balance = batch.add(reserve.address, "balanceOf", payer);
  const allowance = batch.add(reserve.address, "allowance", payer, pool);
  const debt = batch.add(reserve.debtToken, "balanceOf", source.user);
  const read = await batch.run(client, source);
  return read.ok ? ok({ wallet: balance(), allowance: allowance(), debt: debt() }) : read;
}

/**
 * The amount that is named in the call. For "all" it is the debt and the most that it can grow in an hour: the rate strategy
 * caps rates at 1000 % a year, an hour of which is a part in 876. The pool takes what is owed and no more.
 * @source aave-v3-origin 3.6.0, DefaultReserveInterestRateStrategyV2.MAX_BORROW_RATE
 */
function amountOf(
  action: Extract<Action, { readonly do: "supply" | "repay" | "withdraw" }>,
  { asset, decimals }: DiscoveredReserve,
  { wallet, debt }: Funds,
): Result<bigint, Why> {
  if (action.amount === "all" && action.do === "supply")
    return fail(why("aave-v3/supply-needs-an-amount", { asset, next: "write how much to supply" }));
  const amount = action.amount === "all" ? debt + debt / 876n + 1n : rescale(action.amount, decimals, "down").digits;
  const taken = action.do === "repay" && amount > debt ? debt : amount;
  if (taken <= 0n)
    return fail(
      why("aave-v3/nothing-to-do", {
        asset,
        debt: text(exact(debt, decimals)),
        next: "name an asset that is owed and an amount above 0",
      }),
    );
  if (taken <= wallet) return ok(amount);
  return fail(
    why("aave-v3/wallet-too-small", {
      asset,
      wallet: text(exact(wallet, decimals)),
      needed: text(exact(taken, decimals)),
      next: `send ${asset} to the paying wallet, or act with less`,
    }),
  );
}

interface Call {
  readonly pool: Hex;
  readonly asset: Hex;
  readonly amount: bigint;
  readonly key: string;
  readonly source: AaveSource;
}

function actionDraft(name: "supply" | "repay", { pool, asset, amount, key, source }: Call): Draft {
  const call =
    name === "supply"
      ? encodeFunctionData({ abi: actAbi, functionName: name, args: [asset, amount, source.user, 0] })
      : encodeFunctionData({ abi: actAbi, functionName: name, args: [asset, amount, 2n, source.user] });
  return { to: pool, data: concatHex([call, keccak256(toHex(key))]), gas: actionGas };
}

/** What moved into the pool, from the pool's own events. */
function readFlows(
  { to }: Signed,
  { logs }: TransactionReceipt,
  reserves: readonly DiscoveredReserve[],
): Result<readonly Flow[], Why> {
  const events = parseEventLogs({ abi: actAbi, logs: logs.filter(({ address }) => lower(address) === lower(to)) });
  const flows = events.flatMap(({ args }): readonly Flow[] => {
    const reserve = reserves.find(({ address }) => address === lower(args.reserve));
    return reserve === undefined
      ? []
      : [{ asset: assetId(reserve.asset), amount: exact(args.amount, reserve.decimals) }];
  });
  if (flows.length > 0) return ok(flows);
  return fail(
    why("aave-v3/receipt-unreadable", { events: `${events.length}`, next: "ask again when the market can be read" }),
  );
}
