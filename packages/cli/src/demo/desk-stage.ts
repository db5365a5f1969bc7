import { type Result, type Why, fail, ok, rescale, text, why } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import type { Half } from "./half.ts";
import type { Moment } from "./market-path.ts";
import { DESK, type OpeningBook } from "./scenario.ts";
import type { StoryClock } from "./story-clock.ts";

const SYMBOL = "BTCUSDT";
/** Keys of the simulated venue: they open nothing anywhere else. */
const KEYS = { account: "desk", key: "demo-key", secret: "demo-secret" } as const;

/** A leveraged long on the simulated exchange, read and traded through the venue's own protocol. */
export async function openDesk(
  book: OpeningBook,
  first: Moment,
  clock: StoryClock,
  seed: bigint,
): Promise<Result<Half, Why>> {
  const running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([[SYMBOL, rescale(first.index, 8, "down").digits]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    seed,
    startAt: first.at,
    clock: clock.now,
    keys: [KEYS],
  });
  const { exchange } = running;
  exchange.deposit(KEYS.account, "USDT", text(book.margin));
  const order = {
    symbol: SYMBOL,
    side: "buy",
    positionSide: "BOTH",
    type: "MARKET",
    timeInForce: "GTC",
    price: 0n,
    size: rescale(book.size, 8, "down").digits,
    reduceOnly: false,
    closePosition: false,
    clientId: "opened-by-hand",
  } as const;
  const leverage = exchange.run({ type: "leverage", account: KEYS.account, symbol: SYMBOL, leverage: 100 });
  const bought = leverage.ok ? exchange.run({ type: "order", account: KEYS.account, order }) : leverage;
  if (!bought.ok) {
    await running.stop();
    return fail(why("demo/desk-not-opened", { detail: bought.failure.msg, next: "choose a lower --leverage" }));
  }
  const client = await binanceClient({ ...KEYS, localPort: running.port, clock: clock.now });
  const feed = binanceFeed(client, { holding: DESK, symbols: [SYMBOL] });
  return ok({
    connection: { holding: DESK, feed, actor: binanceActor(client) },
    move: async ({ at, index, mid }) => {
      clock.pass(at);
      exchange.setReference(SYMBOL, text(index), text(mid));
    },
    stop: async () => {
      await client.close();
      await running.stop();
    },
  });
}
