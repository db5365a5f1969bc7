import { type ApiKey, type ExchangeOptions, type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { startBybit } from "@plimsoll/sim/exchange/bybit";
import { bybitClient } from "@plimsoll/venues/bybit";

export type BybitClient = Awaited<ReturnType<typeof bybitClient>>;
export const BTC = "BTC/USDT:USDT";
export const keyOf = (account: string): ApiKey => ({ account, key: `${account}-key`, secret: `${account}-secret` });

/** Two symbols, a fund, and accounts with 100,000 each; the clock stands at one minute past midnight. */
export async function openBybit(accounts: readonly string[], options: Partial<ExchangeOptions> = {}) {
  const running = await startBybit({
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
  for (const account of accounts) running.exchange.deposit(account, "USDT", "100000");
  return running;
}

/** The real client of an account, on the venue's clock, with its markets. */
export async function clientOf(running: RunningExchange, account: string): Promise<BybitClient> {
  const client = await bybitClient({ ...keyOf(account), localPort: running.port, clock: () => running.exchange.now() });
  await client.loadMarkets();
  return client;
}

/** The venue's code of a refusal, as the client's error carries it; none where the call was accepted. */
export const codeOf = async (call: Promise<unknown>): Promise<number> => {
  const error = await call.then(
    () => new Error("it was accepted"),
    (failure: unknown) => failure,
  );
  return Number(/"retCode":\s*(-?\d+)/.exec(String(error))?.[1]);
};
