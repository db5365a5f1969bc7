import type { Actor } from "@plimsoll/core/book";
import { type Ms, fail, ok, why } from "@plimsoll/core/units";
import { type Connection, SignerLine, signerActor } from "@plimsoll/keeper";
import type { VenueModule } from "@plimsoll/venues/wire";
import { HOLDING, type Life, type Twist, type VenueName } from "./life.ts";

/** A process loads the one that it lives at: loading is half of what it costs. */
const modules: Readonly<Record<VenueName, () => Promise<VenueModule>>> = {
  binance: async () => (await import("@plimsoll/venues/binance")).binance,
  bybit: async () => (await import("@plimsoll/venues/bybit")).bybit,
  okx: async () => (await import("@plimsoll/venues/okx")).okx,
  hyperliquid: async () => (await import("@plimsoll/venues/hyperliquid")).hyperliquid,
  deribit: async () => (await import("@plimsoll/venues/deribit")).deribit,
};
export const moduleOf = (name: VenueName): Promise<VenueModule> => modules[name]();

/** A reply that never comes is waited for in every trial. */
const PATIENCE_MS = 3_000;

/** A connection to the simulated venue through the real client, on a clock that the test may set ahead. */
export async function connect({ exchange }: VenueModule, life: Life, clock: () => Ms): Promise<Connection> {
  const { login, port, instrument, signer, twist } = life;
  const client = await exchange!.client({ ...login, localPort: port, clock });
  client.timeout = PATIENCE_MS;
  const feed = exchange!.feed(client, { holding: HOLDING, symbols: [instrument] });
  const own = signer === undefined ? exchange!.actor!(client) : signerActor(new SignerLine(signer), HOLDING);
  const actor = twisted(own, twist);
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
