import { parseArgs } from "node:util";
import { prepareAaveHealth } from "./aave-health.ts";
import { prepareDurableCommit } from "./durable-commit.ts";
import { prepareEngines } from "./engines.ts";
import { prepareFormSweep } from "./form-sweep.ts";
import { countGas } from "./gas.ts";
import { clocks } from "./clocks.ts";
import { interleave } from "./harness.ts";
import { prepareLatency } from "./latency.ts";
import { doubt, readMachine } from "./machine.ts";
import { prepareOptions } from "./options.ts";
import { preparePortfolioMargin } from "./portfolio-margin.ts";
import { preparePriceTick } from "./price-tick.ts";
import { type Measured, countedText, machineText, measuredOf, rowText } from "./report.ts";
import type { Counted, Prepare } from "./row.ts";

const rows: Readonly<Record<string, Prepare>> = {
  "aave-health": prepareAaveHealth,
  "form-sweep": prepareFormSweep,
  "durable-commit": prepareDurableCommit,
  "price-tick": preparePriceTick,
  latency: prepareLatency,
  options: prepareOptions,
  "portfolio-margin": preparePortfolioMargin,
  engines: prepareEngines,
};
const counts: Readonly<Record<string, () => Promise<Counted>>> = { gas: countGas };
const names = [...Object.keys(rows), ...Object.keys(counts)];

const usage = `npm run bench -- [--quick] [--json] [--rounds N] [--only NAME]...
rows: ${names.join(", ")}`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      rounds: { type: "string" },
      only: { type: "string", multiple: true, default: names },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 9));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: write a whole number above 0`);
  const stranger = values.only.find((name) => !names.includes(name));
  if (stranger !== undefined) throw new Error(`--only ${stranger}: there is no such row`);
  return { ...values, rounds };
}

async function measure(name: string, quick: boolean, rounds: number): Promise<Measured> {
  const row = await rows[name]!(quick);
  try {
    const timed = await interleave(row.contenders, {
      rounds: rounds * (row.finer ?? 1),
      warmUp: quick ? 1 : 2,
      clock: clocks[row.clock],
    });
    return measuredOf(name, row, timed);
  } finally {
    await row.close?.();
  }
}

let wanted: ReturnType<typeof readArguments>;
try {
  wanted = readArguments();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exit(2);
}
const say = (text: string) => void (wanted.json || console.log(text));

const before = readMachine(new Date());
say(machineText(before));
if (doubt(before) !== undefined) say(`warning: ${doubt(before)}`);
say("");
const measured: (Measured | Counted)[] = [];
for (const name of wanted.only) {
  const counted = await counts[name]?.();
  const row = counted ?? (await measure(name, wanted.quick, wanted.rounds));
  measured.push(row);
  say("columns" in row ? countedText(row) : rowText(row));
}
const after = readMachine(new Date());
say(machineText(after));
if (wanted.json)
  console.log(JSON.stringify({ before, after, warning: doubt(before) ?? null, rows: measured }, null, 2));
// ccxt's client of Binance leaves behind a timer of half an hour, to renew a listen key that nobody holds any more.
process.exit();
