// Adds a key to a store and ends itself with SIGKILL at the step that it is told.
import { flushCompileCache } from "node:module";
import { ms } from "@plimsoll/core/units";
import { addKey } from "@plimsoll/keeper";

const [file = "", identity = "", killAt = ""] = process.argv.slice(2);
const entry = {
  name: "second",
  venue: "binance",
  use: "trade",
  added: ms(1),
  parts: { key: "k", secret: "s" },
} as const;
flushCompileCache(); // who is killed leaves no cache to the next one
const added = await addKey(file, { identity }, entry, (done) => {
  if (done === killAt) process.kill(process.pid, "SIGKILL");
});
if (!added.ok) throw new Error(JSON.stringify(added.failure));
