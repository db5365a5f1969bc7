import type { Account } from "@plimsoll/server/contract";

/** The instrument of a quote key: "binance:BTCUSDT:mark" is BTCUSDT, "aave-v3:ethereum:WETH:oracle" is WETH. */
export const quoteText = (quote: string): string => quote.split(":").at(-2) ?? quote;

/** A price by its name and kind: "WETH oracle". */
export function priceName(quote: string): string {
  const kind = quote.split(":").at(-1) ?? "";
  return quote.includes(":") ? `${shortName(quoteText(quote))} ${kind}` : shortName(quote);
}

/** Several things as people list them: "WETH, WBTC and ARB". */
export const listText = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** "1 guard", "2 guards". */
export const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A name with its long hexadecimal parts shortened, as wallets show addresses. */
export const shortName = (name: string): string =>
  name.replace(/0x([0-9a-fA-F]{4})[0-9a-fA-F]{8,}([0-9a-fA-F]{4})/g, "0x$1…$2");

/** An account by its owner's name of the holding, and what it is there: "desk", "cross USDT on binance". */
export function accountName({ holding, account, venue }: Pick<Account, "holding" | "account" | "venue">) {
  const parts = account.split(":").filter((part) => part !== venue && part !== holding);
  return { title: shortName(holding), detail: [...parts, `on ${venue}`].map(shortName).join(" ") };
}
