import { type Hex, decodeFunctionResult, encodeFunctionData, maxUint256 } from "viem";
import type { Chain } from "./chain.ts";
import { type Contract, transact } from "./rpc.ts";

/** The contract's own scale of a health factor: liquidation is allowed strictly below it. */
const HEALTH_ONE = 10n ** 18n;

/** A stranger with an endless purse who liquidates one borrower as soon as, and as far as, the contract lets him. */
export interface Liquidator {
  /** One look, and one call if it is allowed; answers whether it was. */
  readonly look: (borrower: Hex) => Promise<boolean>;
}

/** @param collateral, debt symbols of the pair he goes for. */
export async function openLiquidator(chain: Chain, collateral: string, debt: string): Promise<Liquidator> {
  const stranger = chain.accounts.at(-3) ?? "0x";
  const pool = chain.contract("PoolInstance", chain.addresses.pool);
  const token = (symbol: string): Contract => chain.contract("FaucetToken", chain.addresses.tokens[symbol] ?? "0x");
  const purse = 10n ** 30n;
  await transact(chain.rpc, stranger, token(debt), "mint", [stranger, purse]);
  await transact(chain.rpc, stranger, token(debt), "approve", [pool.address, purse]);
  const pair = [token(collateral).address, token(debt).address];
  return {
    look: async (borrower) => {
      if ((await healthOf(chain, pool, borrower)) >= HEALTH_ONE) return false;
      const { status } = await transact(chain.rpc, stranger, pool, "liquidationCall", [
        ...pair,
        borrower,
        maxUint256,
        false,
      ]);
      return status === "0x1";
    },
  };
}

async function healthOf({ rpc }: Chain, { abi, address }: Contract, user: Hex): Promise<bigint> {
  const data = encodeFunctionData({ abi, functionName: "getUserAccountData", args: [user] });
  const reply = await rpc.request<Hex>("eth_call", [{ to: address, data }, "latest"]);
  return (
    (decodeFunctionResult({ abi, functionName: "getUserAccountData", data: reply }) as readonly bigint[]).at(-1) ?? 0n
  );
}
