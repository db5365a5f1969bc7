import { type ApiKey, type RunningExchange, fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";

/** The simulated exchange on this machine's clock; its account "desk" is long 1.6 BTC with 20,000 USDT. */
export async function openDeskExchange(keys: readonly ApiKey[]): Promise<RunningExchange> {
  const running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed: 1n,
    startAt: Date.now(),
    clock: Date.now,
    keys,
  });
  running.exchange.deposit("desk", "USDT", "20000");
  const order = {
    symbol: "BTCUSDT",
    side: "buy",
    positionSide: "BOTH",
    type: "MARKET",
    timeInForce: "GTC",
    price: 0n,
    size: fixed("1.6"),
    reduceOnly: false,
    closePosition: false,
    clientId: "by-hand",
  } as const;
  const bought = running.exchange.run({ type: "order", account: "desk", order });
  if (!bought.ok) throw new Error(bought.failure.msg);
  return running;
}
