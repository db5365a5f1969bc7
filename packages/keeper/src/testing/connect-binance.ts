import type { Actor } from "@plimsoll/core/book";
import { type Ms, fail, ok, why } from "@plimsoll/core/units";
import { type Connection, SignerLine, signerActor } from "@plimsoll/keeper";
import { binanceActor, binanceClient, binanceFeed } from "@plimsoll/venues/binance";
import { HOLDING, type Life, type Twist } from "./life.ts";

/** A connection to the simulated venue through the real client, on a clock that the test may set ahead. */
export async function connect({ port, key, secret, twist, signer }: Life, clock: () => Ms): Promise<Connection> {
  const client = await binanceClient({ key, secret, localPort: port, clock });
  client.timeout = 3_000; // a reply that never comes is waited for in every trial
  const feed = binanceFeed(client, { holding: HOLDING, symbols: ["BTCUSDT"] });
  const acting = signer === undefined ? binanceActor(client) : signerActor(new SignerLine(signer), HOLDING);
  const actor = twisted(acting, twist);
  return { holding: HOLDING, feed, ...(actor === undefined ? {} : { actor }) };
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
