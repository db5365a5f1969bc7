// The real keeper in a process of its own, for the kill test: real turn, engine, feed, actor and journal. It ends itself with
// SIGKILL at the checkpoint that it is told, and says on stdout what became durable.
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createTurn } from "@plimsoll/core/turn";
import { compare, dec, ms } from "@plimsoll/core/units";
import { type Checkpoint, createLog, createRedact, openStore, sha256, startKeeper } from "@plimsoll/keeper";
import { connect, moduleOf } from "./connect-venue.ts";
import { HOLDING, type Life, guardOf } from "./life.ts";

const life = JSON.parse(process.argv[2]!) as Life;
const say = (word: string) => void writeSync(1, `${word}\n`);
const clock = () => ms(Date.now() + life.clockAheadMs);
const venue = await moduleOf(life.venue);
const engineOf = () => venue.engine;

let wasFrozen = false;
const checkpoint: Checkpoint = (at) => {
  if (at === life.freezeAt && !wasFrozen) {
    wasFrozen = true;
    say(`frozen at ${at}`);
    process.kill(process.pid, "SIGSTOP");
  }
  if (at !== life.killAt) return;
  flushCompileCache(); // who is killed leaves no cache to the next one
  say(`killed at ${at}`);
  process.kill(process.pid, "SIGKILL");
};

const store = await openStore(life.store);
if (!store.ok) throw new Error(JSON.stringify(store.failure));
const keeper = await startKeeper({
  ...{ store: store.value, turn: createTurn({ engineOf, sha256 }), engineOf, clock, checkpoint },
  connections: [await connect(venue, life, clock)],
  policy: { guards: [guardOf(life)], reserves: [] },
  log: createLog("info", { write: (line) => void writeSync(2, line) }, createRedact([life.login.secret!])),
  timing: { tickMs: 100, refreshMs: 300, pollMs: 40, settleMs: 250, ...(life.leaseMs && { leaseMs: life.leaseMs }) },
});
if (!keeper.ok) throw new Error(JSON.stringify(keeper.failure));
const { view, onChange, stop, ended } = keeper.value;

onChange((written) => {
  for (const { record } of written)
    if (record.kind === "input" && record.input.event.type === "outcome") say(record.input.event.outcome.state);
  const accounts = view().accounts.filter(({ holding }) => holding === HOLDING);
  const safe = accounts.every(({ danger, maintenance }) => {
    const health = maintenance?.health;
    return danger !== "unknown" && (health === undefined || compare(health, dec("1.5")) >= 0);
  });
  if (accounts.length > 0 && safe && view().open.length === 0) say("safe");
});
process.on("SIGTERM", () => void stop());
const reason = await ended;
await store.value.close();
process.exit(reason === undefined ? 0 : 1);
