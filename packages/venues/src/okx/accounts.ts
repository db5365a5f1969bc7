import { type AccountKey, accountKey } from "@plimsoll/core/units";
import { type Body, type Position, isIsolated, positionName } from "./holding.ts";

/** A liquidation unit: one coin's cross pool (futures mode), all coins together, or one isolated position. */
export type Account =
  | { readonly is: "coin"; readonly key: AccountKey; readonly coin: string }
  | { readonly is: "all-coins"; readonly key: AccountKey }
  | { readonly is: "isolated"; readonly key: AccountKey; readonly position: Position };

export const crossKey = (mode: Body["mode"], coin: string): AccountKey =>
  accountKey(mode === "futures" ? `cross:${coin}` : "cross");

/** "cross:USDT" for each coin in futures mode, "cross" in the others, "BTC-USDT-SWAP:long" for each isolated position. */
export const accountsOf = (body: Body): readonly Account[] => [
  ...(body.mode === "futures"
    ? body.balances.map(({ coin }): Account => ({ is: "coin", key: crossKey(body.mode, coin), coin }))
    : [{ is: "all-coins", key: crossKey(body.mode, "") } as const]),
  ...body.positions
    .filter(isIsolated)
    .map((position): Account => ({ is: "isolated", key: accountKey(positionName(position)), position })),
];

/** The unit of a key; absent when the holding has none, for example after its position was closed. */
export const accountOf = (body: Body, key: AccountKey): Account | undefined =>
  accountsOf(body).find((account) => account.key === key);
