import type { Actor, Feed } from "@plimsoll/core/book";
import { type Ms, fail, ok, why } from "@plimsoll/core/units";
import { type Connection, SignerLine, signerActor } from "@plimsoll/keeper";
import { binance, binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { bybit, bybitActor, bybitClient, bybitFeed } from "@plimsoll/venues/bybit";
import { HOLDING, type Life, type Twist } from "./life.ts";

/** The engine of the venue that a life is lived at. */
export const engineAt = ({ venue }: Life) => (venue === "bybit" ? bybit : binance).engine;

/** A connection to the simulated venue through the real client, on a clock that the test may set ahead. */
export async function connect(life: Life, clock: () => Ms): Promise<Connection> {
  const { feed, own } = await reach(life, clock);
  const { signer } = life;
  const actor = twisted(signer === undefined ? own() : signerActor(new SignerLine(signer), HOLDING), life.twist);
  return { holding: HOLDING, feed, ...(actor === undefined ? {} : { actor }) };
}

async function reach({ venue, port, key, secret }: Life, clock: () => Ms): Promise<{ feed: Feed; own: () => Actor }> {
  const settings = { holding: HOLDING, symbols: ["BTCUSDT"] };
  const patienceMs = 3_000; // a reply that never comes is waited for in every trial
  if (venue === "bybit") {
    const client = await bybitClient({ key, secret, localPort: port, clock });
    client.timeout = patienceMs;
    return { feed: bybitFeed(client, settings), own: () => bybitActor(client) };
  }
  const client = await binanceClient({ key, secret, localPort: port, clock });
  client.timeout = patienceMs;
  return { feed: binanceFeed(client, settings), own: () => binanceActor(client) };
}

function twisted(actor: Actor, twist: Twist): Actor | undefined {
  const { prepare, ...rest } = {
    prepare: actor.prepare.bind(actor),
    send: actor.send.bind(actor),
    query: actor.query.bind(actor),
  };
  switch (twist) {
    case "none":
      return actor;
    case "mute":
      return undefined;
    case "unprepared":
      return { ...rest, prepare: async () => fail(why("test/unprepared")) };
    case "rests":
      return {
        ...rest,
        prepare: async (...asked) => {
          const made = await prepare(...asked);
          return made.ok ? ok({ ...made.value, wire: made.value.wire.replace('"IOC"', '"GTC"') }) : made;
        },
      };
  }
}
