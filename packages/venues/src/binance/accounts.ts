import { type AccountKey, type Exact, ZERO, accountKey } from "@plimsoll/core/units";
import { type Body, type Position, type Wallet, positionName } from "./holding.ts";

/** A liquidation unit cut out of the holding: the cross pool of one margin asset, or one isolated position. */
export interface OneAsset {
  readonly key: AccountKey;
  readonly is: "cross" | "isolated";
  readonly asset: string;
  /** Wallet balance of the unit, without unrealised profit. */
  readonly wallet: Exact;
  /** What open orders reserve: cross money, also for an isolated symbol, until they fill. */
  readonly orderMargin: Exact;
  readonly positions: readonly Position[];
}

/** The unit of a login whose assets all stand behind all positions, counted in USD. */
export interface AllAssets {
  readonly key: AccountKey;
  readonly is: "unified";
  readonly asset: "USD";
  readonly wallets: readonly Wallet[];
  readonly positions: readonly Position[];
}

export type Account = OneAsset | AllAssets;

export const crossKey = (asset: string): AccountKey => accountKey(`cross:${asset}`);

/** The unit that a position stands in. */
export const accountKeyOf = ({ unified }: Pick<Body, "unified">, position: Position): AccountKey => {
  if (unified !== undefined) return accountKey(unified);
  return position.margin.mode === "cross" ? crossKey(position.asset) : accountKey(positionName(position));
};

/** Every unit: "cross:USDT" for each margin asset, "BTCUSDT:LONG" for each isolated position; or one of all assets, "multi-assets". */
export function accountsOf(body: Body): readonly Account[] {
  const { wallets, positions, unified } = body;
  if (unified !== undefined) return [{ key: accountKey(unified), is: "unified", asset: "USD", wallets, positions }];
  return [
    ...wallets.map(({ asset, cross, orderMargin }): Account => ({
      key: crossKey(asset),
      is: "cross",
      asset,
      wallet: cross,
      orderMargin,
      positions: positions.filter((each) => each.margin.mode === "cross" && each.asset === asset),
    })),
    ...positions.flatMap((position): readonly Account[] =>
      position.margin.mode === "cross"
        ? []
        : [
            {
              key: accountKeyOf(body, position),
              is: "isolated",
              asset: position.asset,
              wallet: position.margin.wallet,
              orderMargin: ZERO,
              positions: [position],
            },
          ],
    ),
  ];
}

/** The unit of a key; absent when the holding has none, for example after its position was closed. */
export const accountOf = (body: Body, key: AccountKey): Account | undefined =>
  accountsOf(body).find((account) => account.key === key);
