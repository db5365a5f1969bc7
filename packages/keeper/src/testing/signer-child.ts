// A signer in a process of its own, with the real actor of a simulated venue. It says on stdout when it serves, and may end itself
// with SIGKILL just after the venue has taken a message, before anybody hears of it.
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import type { Actor } from "@plimsoll/core/book";
import { dec, ms } from "@plimsoll/core/units";
import { serveSigner } from "@plimsoll/keeper";
import { binanceActor, binanceClient } from "@plimsoll/venues/binance";
import { HOLDING } from "./life.ts";

export interface SignerLife {
  readonly folder: string;
  readonly port: number;
  readonly key: string;
  readonly secret: string;
  readonly clockAheadMs: number;
  readonly diesOnSend: boolean;
}

const { folder, port, key, secret, clockAheadMs, diesOnSend } = JSON.parse(process.argv[2]!) as SignerLife;
const clock = () => ms(Date.now() + clockAheadMs);
const own = binanceActor(await binanceClient({ key, secret, localPort: port, clock }));
const actor: Actor = {
  prepare: (...asked) => own.prepare(...asked),
  query: (prepared) => own.query(prepared),
  send: async (prepared) => {
    const reply = await own.send(prepared);
    if (diesOnSend) process.kill(process.pid, "SIGKILL");
    return reply;
  },
};
const rules = {
  holding: HOLDING,
  instruments: ["BTCUSDT"],
  assets: [{ asset: "USDT", perDay: dec("100") }],
  hedges: [],
};
const served = await serveSigner(folder, new Map([[HOLDING, { actor, rules }]]), clock);
if (!served.ok) throw new Error(JSON.stringify(served.failure));
flushCompileCache(); // it ends killed, and leaves no cache to the next one
writeSync(1, `serves ${served.value.socket}\n`);
