import { type AccountKey, accountKey } from "@plimsoll/core/units";
import { type Body, type Position, positionName } from "./holding.ts";

/** A liquidation unit: the wallet with everything that is margined by it, or one isolated position. */
export type Account =
  | { readonly is: "wallet"; readonly key: AccountKey }
  | { readonly is: "isolated"; readonly key: AccountKey; readonly position: Position };

export const WALLET: AccountKey = accountKey("wallet");
export const isolatedKey = (position: Pick<Position, "symbol" | "side">): AccountKey =>
  accountKey(positionName(position));

/** "wallet" always; in isolated margin also "BTCUSDT:one-way" for each position, and then the wallet backs none of them. */
export const accountsOf = ({ mode, positions }: Body): readonly Account[] => [
  { is: "wallet", key: WALLET },
  ...(mode === "isolated"
    ? positions.map((position): Account => ({ is: "isolated", key: isolatedKey(position), position }))
    : []),
];

/** The unit of a key; absent when the holding has none, for example after its position was closed. */
export const accountOf = (body: Body, key: AccountKey): Account | undefined =>
  accountsOf(body).find((account) => account.key === key);

/** Positions that an account answers for. */
export const positionsOf = (body: Body, account: Account): readonly Position[] => {
  if (account.is === "isolated") return [account.position];
  return body.mode === "isolated" ? [] : body.positions;
};
