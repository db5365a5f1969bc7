import { type Exact, type Result, type Why, fail, ok, rescale, text, why } from "@plimsoll/core/units";
import { type Hex, encodeFunctionData } from "viem";
import type { Chain } from "./chain.ts";
import { reserves } from "./market.ts";
import { type Contract, RpcError, revertName, transact } from "./rpc.ts";

export interface Amount {
  readonly symbol: string;
  readonly amount: Exact;
}
export interface DemoPosition {
  readonly user: Hex;
  readonly supply: readonly Amount[];
  readonly borrow: readonly Amount[];
  readonly eMode?: number;
  /** What lies in a wallet for rescues. */
  readonly reserve?: { readonly wallet: Hex; readonly holds: readonly Amount[] };
}

/**
 * Opens a leveraged position by public calls: mints, supplies and borrows, after a lender has filled the borrowed reserves.
 * @returns the contract's refusal where the position asks for more than the market lends.
 */
export async function openDemoPosition(chain: Chain, position: DemoPosition): Promise<Result<void, Why>> {
  const { user, supply, borrow, eMode, reserve } = position;
  const lender = chain.accounts.at(-2) ?? "0x";
  for (const { symbol, amount } of reserve?.holds ?? []) {
    const minted = await mint(chain, reserve?.wallet ?? user, symbol, amount);
    if (!minted.ok) return minted;
  }
  for (const { symbol, amount } of borrow) {
    const tenfold = { ...amount, digits: amount.digits * 10n };
    const lent = await supplyAs(chain, lender, symbol, tenfold);
    if (!lent.ok) return lent;
  }
  for (const { symbol, amount } of supply) {
    const supplied = await supplyAs(chain, user, symbol, amount);
    if (!supplied.ok) return supplied;
  }
  if (eMode !== undefined) {
    const entered = await call(chain, user, poolOf(chain), "setUserEMode", [eMode]);
    if (!entered.ok) return entered;
  }
  for (const { symbol, amount } of borrow) {
    const token = tokenOf(chain, symbol, amount);
    if (!token.ok) return token;
    const { contract, units } = token.value;
    const borrowed = await call(chain, user, poolOf(chain), "borrow", [contract.address, units, 2n, 0, user]);
    if (!borrowed.ok) return borrowed;
  }
  return ok(undefined);
}

const poolOf = (chain: Chain): Contract => chain.contract("PoolInstance", chain.addresses.pool);

interface Token {
  readonly contract: Contract;
  readonly units: bigint;
}

function tokenOf(chain: Chain, symbol: string, amount: Exact): Result<Token, Why> {
  const address = chain.addresses.tokens[symbol];
  const setup = reserves.find((reserve) => reserve.symbol === symbol);
  if (address === undefined || setup === undefined)
    return fail(
      why("chain/unknown-asset", {
        value: symbol,
        next: `name one of ${Object.keys(chain.addresses.tokens).join(", ")}`,
      }),
    );
  const { digits } = rescale(amount, setup.decimals, "down");
  if (digits <= 0n)
    return fail(why("chain/invalid-amount", { asset: symbol, value: text(amount), next: "write an amount above 0" }));
  return ok({ contract: chain.contract("FaucetToken", address), units: digits });
}

async function mint(chain: Chain, to: Hex, symbol: string, amount: Exact): Promise<Result<Token, Why>> {
  const token = tokenOf(chain, symbol, amount);
  if (!token.ok) return token;
  const minted = await call(chain, to, token.value.contract, "mint", [to, token.value.units]);
  return minted.ok ? token : minted;
}

async function supplyAs(chain: Chain, user: Hex, symbol: string, amount: Exact): Promise<Result<void, Why>> {
  const minted = await mint(chain, user, symbol, amount);
  if (!minted.ok) return minted;
  const { contract, units } = minted.value;
  const pool = poolOf(chain);
  const approved = await call(chain, user, contract, "approve", [pool.address, units]);
  return approved.ok ? call(chain, user, pool, "supply", [contract.address, units, user, 0]) : approved;
}

/** Calls from an unlocked account; asked first, so that a refusal carries its reason. */
async function call(
  { rpc }: Chain,
  from: Hex,
  contract: Contract,
  name: string,
  args: readonly unknown[],
): Promise<Result<void, Why>> {
  const refused = (reason: string) =>
    fail(why("chain/refused", { call: name, reason, next: "ask for less, or supply more collateral" }));
  try {
    const data = encodeFunctionData({ abi: contract.abi, functionName: name, args });
    await rpc.request("eth_call", [{ from, to: contract.address, data }, "latest"]);
  } catch (error) {
    if (error instanceof RpcError) return refused(revertName(contract.abi, error.data));
    throw error;
  }
  const { status } = await transact(rpc, from, contract, name, args);
  return status === "0x1" ? ok(undefined) : refused("reverted when it was mined");
}
