import type { ExchangeOptions, RunningExchange } from "@plimsoll/sim/exchange";
import { perpetuals, startDeribit } from "@plimsoll/sim/exchange/deribit";
import { deribitClient } from "@plimsoll/venues/deribit";
import { refusalCode, keyOf, openSmall } from "@plimsoll/sim/exchange/testing";

export { keyOf } from "@plimsoll/sim/exchange/testing";
export type DeribitClient = Awaited<ReturnType<typeof deribitClient>>;
/** As ccxt calls it, and as the venue does. */
export const BTC = "BTC/USDC:USDC";
export const BTC_NAME = perpetuals.BTC.symbol;

/** A small venue that speaks this protocol; its clock stands at one minute past nine. */
export const openDeribit = (
  accounts: readonly string[],
  options: Partial<ExchangeOptions> = {},
): Promise<RunningExchange> =>
  openSmall(startDeribit, accounts.map(keyOf), {
    instruments: [perpetuals.BTC, perpetuals.ETH],
    startAt: Date.UTC(2026, 0, 1, 9, 1),
    ...options,
  });

/** The real client of an account, on the venue's clock, with its markets. */
export async function clientOf(running: RunningExchange, account: string): Promise<DeribitClient> {
  const client = await deribitClient({
    ...keyOf(account),
    localPort: running.port,
    clock: () => running.exchange.now(),
  });
  await client.loadMarkets(true);
  return client;
}

export const codeOf = refusalCode(/"code":\s*(-?\d+)/);
