import type { ExchangeOptions, RunningExchange } from "@plimsoll/sim/exchange";
import { startBybit } from "@plimsoll/sim/exchange/bybit";
import { bybitClient } from "@plimsoll/venues/bybit";
import { refusalCode, keyOf, openSmall } from "@plimsoll/sim/exchange/testing";

export { keyOf } from "@plimsoll/sim/exchange/testing";
export type BybitClient = Awaited<ReturnType<typeof bybitClient>>;
export const BTC = "BTC/USDT:USDT";

/** A small venue that speaks this protocol. */
export const openBybit = (
  accounts: readonly string[],
  options: Partial<ExchangeOptions> = {},
): Promise<RunningExchange> => openSmall(startBybit, accounts.map(keyOf), options);

/** The real client of an account, on the venue's clock, with its markets. */
export async function clientOf(running: RunningExchange, account: string): Promise<BybitClient> {
  const client = await bybitClient({ ...keyOf(account), localPort: running.port, clock: () => running.exchange.now() });
  await client.loadMarkets();
  return client;
}

export const codeOf = refusalCode(/"retCode":\s*(-?\d+)/);
