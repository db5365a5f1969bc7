import { type AccountKey, accountKey } from "@plimsoll/core/units";
import type { Body, Position, Wallet } from "./holding.ts";
import { readInstrument } from "./instrument.ts";

/** A liquidation unit: one segregated currency, or the cross pool of all others. */
export interface Account {
  readonly key: AccountKey;
  readonly is: "segregated" | "cross";
  readonly margin: "standard" | "portfolio";
  /** What the venue shows the account in. */
  readonly unit: string;
  readonly wallets: readonly Wallet[];
  readonly positions: readonly Position[];
}

/** The margin currency of an instrument; "" for a name that cannot be read, which no wallet has. */
export const currencyOf = (instrument: string): string => readInstrument(instrument)?.currency ?? "";

/** "BTC" for each segregated currency; "cross" where any currency is pooled. */
export function accountsOf(body: Body): readonly Account[] {
  const pooled = body.wallets.filter(({ model }) => model.startsWith("cross"));
  const alone = body.wallets.filter((wallet) => !pooled.includes(wallet));
  const of = (key: string, is: Account["is"], unit: string, wallets: readonly Wallet[]): Account => ({
    key: accountKey(key),
    is,
    margin: wallets.some(({ model }) => model.endsWith("pm")) ? "portfolio" : "standard",
    unit,
    wallets,
    positions: body.positions.filter(({ instrument }) =>
      wallets.some(({ currency }) => currency === currencyOf(instrument)),
    ),
  });
  return [
    ...alone.map((wallet) => of(wallet.currency, "segregated", wallet.currency, [wallet])),
    ...(pooled.length === 0 ? [] : [of("cross", "cross", "USD", pooled)]),
  ];
}

/** The unit of a key; absent when the holding has none. */
export const accountOf = (body: Body, key: AccountKey): Account | undefined =>
  accountsOf(body).find((account) => account.key === key);
