import type { Account } from "@plimsoll/server/contract";

/** The instrument of a quote key: "binance:BTCUSDT:mark" is BTCUSDT, "aave-v3:ethereum:WETH:oracle" is WETH. */
export const quoteText = (quote: string): string => quote.split(":").at(-2) ?? quote;

/** A name with its long hexadecimal parts shortened, as wallets show addresses. */
export const shortName = (name: string): string =>
  name.replace(/0x([0-9a-fA-F]{4})[0-9a-fA-F]{8,}([0-9a-fA-F]{4})/g, "0x$1…$2");

/** An account by its owner's name of the holding, and what it is there: "desk", "cross USDT on binance". */
export function accountName({ holding, account, venue }: Pick<Account, "holding" | "account" | "venue">) {
  const parts = account.split(":").filter((part) => part !== venue && part !== holding);
  return { title: shortName(holding), detail: [...parts, `on ${venue}`].map(shortName).join(" ") };
}
