import { type ApiKey, type ExchangeOptions, type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import { perpetuals, startDeribit } from "@plimsoll/sim/exchange/deribit";
import { deribitClient } from "@plimsoll/venues/deribit";

export type DeribitClient = Awaited<ReturnType<typeof deribitClient>>;
/** As ccxt calls it, and as the venue does. */
export const BTC = "BTC/USDC:USDC";
export const BTC_NAME = perpetuals.BTC.symbol;
export const keyOf = (account: string): ApiKey => ({ account, key: `${account}-key`, secret: `${account}-secret` });

/** Two perpetuals, a fund, and accounts with 100,000 each; the clock stands at one minute past nine. */
export async function openDeribit(accounts: readonly string[], options: Partial<ExchangeOptions> = {}) {
  const running = await startDeribit({
    instruments: [perpetuals.BTC, perpetuals.ETH],
    prices: new Map([
      [perpetuals.BTC.symbol, fixed("100000")],
      [perpetuals.ETH.symbol, fixed("4000")],
    ]),
    fund: new Map([["USDC", fixed("1000000")]]),
    seed: 1n,
    startAt: Date.UTC(2026, 0, 1, 9, 1),
    keys: accounts.map(keyOf),
    ...options,
  });
  for (const account of accounts) running.exchange.deposit(account, "USDC", "100000");
  return running;
}

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

/** The venue's code of a refusal, as the client's error carries it; none where the call was accepted. */
export const codeOf = async (call: Promise<unknown>): Promise<number> => {
  const error = await call.then(
    () => new Error("it was accepted"),
    (failure: unknown) => failure,
  );
  return Number(/"code":\s*(-?\d+)/.exec(String(error))?.[1]);
};
