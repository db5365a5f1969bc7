import { type ExchangeOptions, type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { type OkxKey, startOkx } from "@plimsoll/sim/exchange/okx";
import { okxClient } from "@plimsoll/venues/okx";

export type OkxClient = Awaited<ReturnType<typeof okxClient>>;
export const BTC = "BTC/USDT:USDT";
export const BTC_ID = "BTC-USDT-SWAP";
export const keyOf = (account: string): OkxKey => ({
  account,
  key: `${account}-key`,
  secret: `${account}-secret`,
  passphrase: `${account}-passphrase`,
});

/** Two symbols, a fund, and accounts with 100,000 each; the clock stands at one minute past midnight. */
export async function openOkx(
  accounts: readonly string[],
  options: Partial<Omit<ExchangeOptions, "keys"> & { readonly keys: readonly OkxKey[] }> = {},
): Promise<RunningExchange> {
  const running = await startOkx({
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
export async function clientOf(running: RunningExchange, account: string): Promise<OkxClient> {
  const client = await okxClient({ ...keyOf(account), localPort: running.port, clock: () => running.exchange.now() });
  await client.loadMarkets();
  return client;
}

/** The venue's code of a refusal, of the row before that of the call, as the client's error carries it; none where the call was accepted. */
export const codeOf = async (call: Promise<unknown>): Promise<number> => {
  const error = await call.then(
    () => new Error("it was accepted"),
    (failure: unknown) => failure,
  );
  const said = String(error);
  return Number((/"sCode":\s*"(\d+)"/.exec(said) ?? /"code":\s*"(\d+)"/.exec(said))?.[1]);
};
