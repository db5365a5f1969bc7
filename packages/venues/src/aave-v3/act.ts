import type { Action, Actor, Holding, Prepared, Reply } from "@plimsoll/core/book";
import { type Result, type Why, exact, fail, ok, rescale, text, why } from "@plimsoll/core/units";
import { type Hex, type LocalAccount, type PublicClient, concatHex, encodeFunctionData, keccak256, toHex } from "viem";
import { actAbi } from "./abi.ts";
import { aggregate, ask, rpcClient } from "./client.ts";
import { type AaveSource, type Discovered, type DiscoveredReserve, discover, lower, multicallOf } from "./discover.ts";
import { readAaveBody } from "./read-holding.ts";
import { type Draft, type Frame, signMessage } from "./message.ts";
import { queryMessage, sendMessage } from "./send.ts";

export interface ActorOptions {
  /** The fee offered is this many times the base fee seen: 2 outlasts five full blocks, each raising it by an eighth. */
  readonly feeHeadroom?: bigint;
  /** Blocks, the transaction's own included, until it counts as done. */
  readonly confirmations?: number;
}

/** Limits, not costs: unused gas is not paid. The local market needs 46k, 135k and 141k; tokens of public markets do more. */
const approveGas = 100_000n;
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
export function aaveActor(source: AaveSource, account: LocalAccount, options: ActorOptions = {}): Actor {
  const { feeHeadroom = 2n, confirmations = 1 } = options;
  const client = rpcClient(source.rpcUrl);
  const paid: AaveSource = { ...source, payer: lower(account.address) };
  const line = { client, url: source.rpcUrl, confirmations };
  const query = async (prepared: Prepared): Promise<Reply> => queryMessage(line, prepared, await namesOf(client, paid));
  return {
    prepare: (key, holding, action) => prepare({ client, source: paid, account, feeHeadroom }, key, holding, action),
    send: (prepared) => sendMessage(line, prepared, () => query(prepared)),
    query,
  };
}

/** House names and decimals by token, for what a receipt says; none where the market cannot be read now. */
async function namesOf(client: PublicClient, source: AaveSource): Promise<readonly DiscoveredReserve[]> {
  const found = await discover(client, source);
  return found.ok ? found.value.reserves : [];
}

interface Wallet {
  readonly client: PublicClient;
  readonly source: AaveSource;
  readonly account: LocalAccount;
  readonly feeHeadroom: bigint;
}

async function prepare(wallet: Wallet, key: string, holding: Holding, action: Action): Promise<Result<Prepared, Why>> {
  const { client, source, account } = wallet;
  const body = readAaveBody(holding.body);
  if (!body.ok) return body;
  if (body.value.user !== lower(source.user) || body.value.market !== source.market)
    return fail(why("aave-v3/other-holding", { value: holding.id, next: "ask the actor of that holding" }));
  if (action.do !== "supply" && action.do !== "repay")
    return fail(why("aave-v3/action-not-offered", { value: action.do, next: "supply or repay" }));
  const market = await discover(client, source);
  if (!market.ok) return market;
  const reserve = market.value.reserves.find(({ asset }) => asset === action.asset);
  if (reserve === undefined)
    return fail(why("aave-v3/unknown-asset", { value: action.asset, next: "name an asset of this market" }));
  const funds = await readFunds(wallet, market.value, reserve);
  if (!funds.ok) return funds;
  const amount = amountOf(action, reserve, funds.value);
  if (!amount.ok) return amount;
  const drafts = [
    ...allowanceDrafts(market.value, reserve, funds.value.allowance, amount.value),
    actionDraft(action.do, { pool: market.value.pool, asset: reserve.address, amount: amount.value, key, source }),
  ];
  const frame = await readFrame(wallet, drafts);
  return frame.ok ? ok(await signMessage(account, drafts, frame.value)) : frame;
}

interface Funds {
  readonly wallet: bigint;
  readonly allowance: bigint;
  readonly debt: bigint;
}

async function readFunds({ client, source, account }: Wallet, { pool }: Discovered, reserve: DiscoveredReserve) {
  const batch = aggregate();
  const balance = batch.add(reserve.address, "balanceOf", account.address);
  const allowance = batch.add(reserve.address, "allowance", account.address, pool);
  const debt = batch.add(reserve.debtToken, "balanceOf", source.user);
  const read = await batch.run(client, source.rpcUrl, multicallOf(source));
  return read.ok ? ok<Funds>({ wallet: balance(), allowance: allowance(), debt: debt() }) : read;
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

function allowanceDrafts(
  { pool }: Discovered,
  { address }: DiscoveredReserve,
  has: bigint,
  needs: bigint,
): readonly Draft[] {
  if (has >= needs) return [];
  const approve = (amount: bigint): Draft => ({
    to: address,
    data: encodeFunctionData({ abi: actAbi, functionName: "approve", args: [pool, amount] }),
    gas: approveGas,
  });
  return has === 0n ? [approve(needs)] : [approve(0n), approve(needs)];
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

/** Nonce and fees, and whether the wallet can pay them. */
async function readFrame({ client, source, account, feeHeadroom }: Wallet, drafts: readonly Draft[]) {
  const { address } = account;
  const read = await ask("nonce and fees", source.rpcUrl, () =>
    Promise.all([
      client.getTransactionCount({ address, blockTag: "pending" }),
      client.getBlock({ blockTag: "latest" }),
      client.estimateMaxPriorityFeePerGas(),
      client.getBalance({ address }),
    ]),
  );
  if (!read.ok) return read;
  const [nonce, { baseFeePerGas }, maxPriorityFeePerGas, balance] = read.value;
  const maxFeePerGas = (baseFeePerGas ?? 0n) * feeHeadroom + maxPriorityFeePerGas;
  const needed = drafts.reduce((sum, { gas }) => sum + gas * maxFeePerGas, 0n);
  if (balance >= needed) return ok<Frame>({ chainId: source.chainId, nonce, maxFeePerGas, maxPriorityFeePerGas });
  return fail(
    why("aave-v3/gas-too-small", {
      wallet: text(exact(balance, 18)),
      needed: text(exact(needed, 18)),
      next: `send the chain's own coin to ${address}: the transaction's fee is paid in it`,
    }),
  );
}
