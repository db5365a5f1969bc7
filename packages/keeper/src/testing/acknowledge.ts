// Child of the durability test: appends for ever and prints a sequence number only after its commit was acknowledged.
import { writeSync } from "node:fs";
import { ms, utf8 } from "@plimsoll/core/units";
import { openStore } from "@plimsoll/keeper";

const opened = await openStore(process.argv[2]!);
if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
const store = opened.value;
const lease = await store.lease("rows", `pid ${process.pid}`, ms(60_000));
if (!lease.ok) throw new Error(JSON.stringify(lease.failure));

for (let { seq } = await store.head("rows"); ;) {
  const from = seq;
  const group = [1n, 2n, 3n].map((step) => {
    const onceKey = `row-${from + step}`;
    return store.append(lease.value, from + step - 1n, [{ onceKey, at: ms(0), bytes: utf8(`{"row":"${onceKey}"}`) }]);
  });
  for (const answer of await Promise.all(group)) {
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    seq = answer.value.seq;
    writeSync(1, `${seq}\n`);
  }
}
