import { type Exact, type Result, type Why, exact, ok } from "@plimsoll/core/units";
import { type Hex, parseAbi } from "viem";
import { marketAbi } from "./account.ts";
import { scales } from "./policy.ts";
import { type Reader, readContract, together } from "./reader.ts";
import type { Allowance } from "./transactions.ts";

/** A token of the market as its users hold it: the underlying, or the aToken that stands for a supply of it. */
export interface Listed {
  readonly asset: Hex;
  readonly aToken: Hex;
  readonly symbol: string;
  readonly decimals: number;
  /** Base currency for one whole token. */
  readonly price: bigint;
}

/** An allowance with what it is worth, US dollars with 8 decimals, up. */
export interface Granted extends Allowance {
  readonly value: Exact;
}

const tokenAbi = parseAbi([
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
  "function balanceOf(address owner) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
]);

/** Every reserve of the market, as the reader's block has it. */
export async function readListed(reader: Reader, provider: Hex): Promise<Result<readonly Listed[], Why>> {
  const at = { to: provider, abi: marketAbi };
  const found = await together([
    readContract(reader, at, "getPool", []),
    readContract(reader, at, "getPriceOracle", []),
  ]);
  if (!found.ok) return found;
  const [pool, oracle] = found.value;
  const assets = await readContract(reader, { to: pool, abi: marketAbi }, "getReservesList", []);
  if (!assets.ok) return assets;
  return together<readonly Listed[]>(assets.value.map((asset) => readOne(reader, pool, oracle, asset)));
}

async function readOne(reader: Reader, pool: Hex, oracle: Hex, asset: Hex): Promise<Result<Listed, Why>> {
  const token = { to: asset, abi: tokenAbi };
  const read = await together([
    readContract(reader, { to: pool, abi: marketAbi }, "getReserveData", [asset]),
    readContract(reader, { to: oracle, abi: marketAbi }, "getAssetPrice", [asset]),
    readContract(reader, token, "symbol", []),
    readContract(reader, token, "decimals", []),
  ]);
  if (!read.ok) return read;
  const [{ aToken }, price, symbol, decimals] = read.value;
  return ok({ asset, aToken, symbol, decimals, price });
}

const valueOfAmount = (amount: bigint, { price, decimals }: Listed): Exact => {
  const unit = 10n ** BigInt(decimals);
  return exact((amount * price + unit - 1n) / unit, scales.value);
};

/** What taking so much may take: of the supplies where `of` is "aToken", of the wallet where it is "asset". */
export const granted = (listed: Listed, of: "aToken" | "asset", amount: bigint): Granted => ({
  token: listed[of],
  symbol: of === "aToken" ? `a${listed.symbol}` : listed.symbol,
  amount,
  value: valueOfAmount(amount, listed),
});

/** Every allowance of an owner to a guardian in the market, aTokens and underlying; those of zero are left out. */
export async function readGranted(
  reader: Reader,
  listed: readonly Listed[],
  owner: Hex,
  guardian: Hex,
): Promise<Result<readonly Granted[], Why>> {
  const asked = listed.flatMap((each) => (["aToken", "asset"] as const).map((of) => ({ each, of })));
  const amounts = await together<readonly bigint[]>(
    asked.map(({ each, of }) => readContract(reader, { to: each[of], abi: tokenAbi }, "allowance", [owner, guardian])),
  );
  if (!amounts.ok) return amounts;
  const all = asked.map(({ each, of }, place) => granted(each, of, amounts.value[place] ?? 0n));
  return ok(all.filter(({ amount }) => amount > 0n));
}

/** What all of them are worth. */
export const totalOf = (grants: readonly Granted[]): Exact =>
  exact(
    grants.reduce((sum, { value }) => sum + value.digits, 0n),
    scales.value,
  );
