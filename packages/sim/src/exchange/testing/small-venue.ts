import { type ApiKey, type ExchangeOptions, type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";

export const keyOf = (account: string): ApiKey => ({ account, key: `${account}-key`, secret: `${account}-secret` });

const PRICES: Readonly<Record<string, string>> = { BTC: "100000", ETH: "4000" };

/** A small venue of any protocol: two symbols, a fund, and accounts with cash; the clock stands at one minute past midnight. */
export async function openSmall<K extends ApiKey>(
  start: (options: ExchangeOptions<K>) => Promise<RunningExchange>,
  keys: readonly K[],
  { cash = "100000", ...options }: Partial<ExchangeOptions<K>> & { readonly cash?: string } = {},
): Promise<RunningExchange> {
  const instruments = options.instruments ?? [listings.BTCUSDT, listings.ETHUSDT];
  const { quote } = instruments[0]!;
  const all = { instruments, seed: 1n, startAt: Date.UTC(2026, 0, 1, 0, 1), keys, ...options };
  const running = await start({
    prices: new Map(instruments.map(({ symbol, base }) => [symbol, fixed(PRICES[base]!)])),
    fund: new Map([[quote, fixed("1000000")]]),
    ...all,
  });
  for (const account of new Set(all.keys.map((key) => key.account))) running.exchange.deposit(account, quote, cash);
  return running;
}
