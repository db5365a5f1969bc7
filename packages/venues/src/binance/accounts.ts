import { type AccountKey, type Exact, ZERO, accountKey } from "@plimsoll/core/units";
import { type Body, type Position, positionName } from "./holding.ts";

/** A liquidation unit cut out of the holding: the cross pool of one margin asset, or one isolated position. */
export interface Account {
  readonly key: AccountKey;
  readonly is: "cross" | "isolated";
  readonly asset: string;
  /** Wallet balance of the unit, without unrealised profit. */
  readonly wallet: Exact;
  /** What open orders reserve: cross money, also for an isolated symbol, until they fill. */
  readonly orderMargin: Exact;
  readonly positions: readonly Position[];
}

export const crossKey = (asset: string): AccountKey => accountKey(`cross:${asset}`);

/** The unit that a position stands in. */
export const accountKeyOf = (position: Position): AccountKey =>
  position.margin.mode === "cross" ? crossKey(position.asset) : accountKey(positionName(position));

/** Every unit of the holding: "cross:USDT" for each margin asset, "BTCUSDT:LONG" for each isolated position. */
export const accountsOf = (body: Body): readonly Account[] => [
  ...body.wallets.map(({ asset, cross, orderMargin }): Account => ({
    key: crossKey(asset),
    is: "cross",
    asset,
    wallet: cross,
    orderMargin,
    positions: body.positions.filter((each) => each.margin.mode === "cross" && each.asset === asset),
  })),
  ...body.positions.flatMap((position): readonly Account[] =>
    position.margin.mode === "cross"
      ? []
      : [
          {
            key: accountKeyOf(position),
            is: "isolated",
            asset: position.asset,
            wallet: position.margin.wallet,
            orderMargin: ZERO,
            positions: [position],
          },
        ],
  ),
];

/** The unit of a key; absent when the holding has none, for example after its position was closed. */
export const accountOf = (body: Body, key: AccountKey): Account | undefined =>
  accountsOf(body).find((account) => account.key === key);
