import type { AccountKey, Exact } from "@plimsoll/core/units";
import type { Body, Position } from "./holding.ts";
import { crossKey, dexOf, isolatedKey } from "./names.ts";

/** A liquidation unit cut out of the holding: the cross pool of one dex, or one isolated position. */
export interface Account {
  readonly key: AccountKey;
  readonly is: "cross" | "isolated";
  readonly dex: string;
  readonly token: string;
  /** Cash leg of the unit. */
  readonly cash: Exact;
  readonly positions: readonly Position[];
}

/** Every unit of the holding: each pool with the cross positions of its dex, then each isolated position. */
export const accountsOf = ({ pools, positions }: Body): readonly Account[] => [
  ...pools.map(({ dex, token, cash }): Account => ({
    key: crossKey(dex),
    is: "cross",
    dex,
    token,
    cash,
    positions: positions.filter(({ coin, margin }) => margin.mode === "cross" && dexOf(coin) === dex),
  })),
  ...positions.flatMap((position): readonly Account[] => {
    const { coin, margin } = position;
    const pool = pools.find(({ dex }) => dex === dexOf(coin));
    if (margin.mode === "cross" || pool === undefined) return [];
    const { dex, token } = pool;
    return [{ key: isolatedKey(coin), is: "isolated", dex, token, cash: margin.cash, positions: [position] }];
  }),
];

/** The unit of a key; absent when the holding has none, for example after its position was closed. */
export const accountOf = (body: Body, key: AccountKey): Account | undefined =>
  accountsOf(body).find((account) => account.key === key);
