// The real keeper on a simulated exchange and a simulated chain, in virtual time: loss, doubling, delay, outages, crashes, freezes.
//   npm run soak:keeper                             an hour of stories, each with the next seed
//   npm run soak:keeper -- --for 5m --seed 1        from this seed on, for as long
//   npm run soak:keeper -- --seed 1373 --seeds 1    one story again
//   npm run soak:keeper -- --mutant NAME            with a bug planted: must be found
// Prints stories a second, by the clock and by the time that processors gave; the first broken law ends it with exit code 1 and the
// command that shows it again.
import { parseArgs } from "node:util";
import { mutants, plant } from "@plimsoll/keeper/simulation/mutants";

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

function readOptions() {
  const options = {
    for: { type: "string", default: "60m" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
    seeds: { type: "string", default: "Infinity" },
    mutant: { type: "string" },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const [, time = "", unit = ""] = /^(\d+)([smh])$/.exec(values.for) ?? [];
    const forMs = Number(time) * (units[unit as keyof typeof units] ?? Number.NaN);
    const [seed, seeds] = [Number(values.seed), Number(values.seeds)];
    const mutant = mutants.find(({ name }) => name === values.mutant);
    if (!(forMs > 0)) throw new Error(`--for ${values.for}: write a time, such as 5m or 1h`);
    if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${values.seed}: write a whole number`);
    if (!(seeds >= 1)) throw new Error(`--seeds ${values.seeds}: write a whole number above 0`);
    if (values.mutant !== undefined && mutant === undefined)
      throw new Error(`--mutant ${values.mutant}: the bugs are\n  ${mutants.map(({ name }) => name).join("\n  ")}`);
    return { forMs, seed, seeds, mutant };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

const { forMs, seed: first, seeds, mutant } = readOptions();
if (mutant !== undefined) plant(mutant);
const { simulate } = await import("@plimsoll/keeper/simulation");

const [started, used] = [performance.now(), process.cpuUsage()];
const totals = { stories: 0, effects: 0, lives: 0 };
let told = started;
const line = () => {
  const { stories, effects, lives } = totals;
  const rate = (stories / (performance.now() - started)) * 1_000;
  const { user, system } = process.cpuUsage(used);
  const perCore = (stories / (user + system)) * 1e6;
  const done = `${stories} stories from seed ${first}, ${lives} lives, ${effects} effects`;
  return `${done}, ${rate.toFixed(0)} stories a second, ${perCore.toFixed(0)} a second of processor time`;
};
for (let seed = first; seed < first + seeds && performance.now() - started < forMs; seed++) {
  const { broken, effects, lives } = await simulate(seed);
  totals.stories += 1;
  totals.effects += effects;
  totals.lives += lives;
  if (broken.length > 0) {
    const again = `npm run soak:keeper -- --seed ${seed} --seeds 1${mutant === undefined ? "" : ` --mutant ${mutant.name}`}`;
    console.log(`${line()}\nseed ${seed} breaks:\n  ${broken.join("\n  ")}\nagain: ${again}`);
    process.exit(1);
  }
  if (performance.now() - told < 10_000) continue;
  told = performance.now();
  console.log(line());
}
console.log(`${line()}, no law broken`);
process.exit(0);
