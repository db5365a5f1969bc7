import type { ExchangeOptions, RunningExchange } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { type Client, binanceClient } from "@plimsoll/venues/binance";
import { keyOf, openSmall } from "@plimsoll/sim/exchange/testing";

export { keyOf } from "@plimsoll/sim/exchange/testing";

/** A small venue that speaks this protocol. */
export const openBinance = (
  accounts: readonly string[],
  options: Partial<ExchangeOptions> & { readonly cash?: string } = {},
): Promise<RunningExchange> => openSmall(startBinance, accounts.map(keyOf), options);

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
