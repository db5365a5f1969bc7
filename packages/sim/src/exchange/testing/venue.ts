import {
  type ApiKey,
  type ExchangeOptions,
  type RunningExchange,
  fixed,
  listings,
  startExchange,
} from "@plimsoll/sim/exchange";
import { type Client, binanceClient } from "@plimsoll/venues/binance";

export const keyOf = (account: string): ApiKey => ({ account, key: `${account}-key`, secret: `${account}-secret` });

/** A small venue with two symbols, a fund, and accounts with cash; the clock stands at one minute past midnight. */
export async function openVenue(
  accounts: readonly string[],
  options: Partial<ExchangeOptions> & { readonly cash?: string } = {},
) {
  const running = await startExchange({
    instruments: [listings.BTCUSDT, listings.ETHUSDT],
    prices: new Map([
      ["BTCUSDT", fixed("100000")],
      ["ETHUSDT", fixed("4000")],
    ]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 1n,
    startAt: Date.UTC(2026, 0, 1, 0, 1),
    keys: accounts.map(keyOf),
    ...options,
  });
  for (const account of accounts) running.exchange.deposit(account, "USDT", options.cash ?? "100000");
  return running;
}

/** The real client of an account, on the venue's clock. */
export const clientOf = (running: RunningExchange, account: string): Promise<Client> =>
  binanceClient({ ...keyOf(account), localPort: running.port, clock: () => running.exchange.now() });

/** One client an account, with markets loaded once for all of them. */
export async function clientsOf(running: RunningExchange, accounts: readonly string[]): Promise<readonly Client[]> {
  const clients = await Promise.all(accounts.map((account) => clientOf(running, account)));
  const [first] = clients;
  await first?.loadMarkets();
  for (const client of clients.slice(1)) client.setMarkets(first?.markets ?? {});
  return clients;
}
