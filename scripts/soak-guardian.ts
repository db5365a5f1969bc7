// Takes every bound away from the on-chain guardian, one by one, and then throws random calls at it.
//   node scripts/soak-guardian.ts [--calls 200000] [--seed 1]
// Prints the mutation score and what the calls met; exits 1 where a bound is not missed or a law does not hold.
import { parseArgs } from "node:util";
import { fuzzGuardian, scoreMutants } from "@plimsoll/contracts/testing";

const options = {
  calls: { type: "string", default: "200000" },
  seed: { type: "string", default: String(Date.now() % 1e9) },
} as const;
const { values } = parseArgs({ options });
const [calls, seed] = [Number(values.calls), Number(values.seed)];
if (!Number.isSafeInteger(calls) || calls < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  console.error(`--calls ${values.calls} --seed ${values.seed}: write whole numbers, calls at least 1`);
  process.exit(2);
}

const scored = await scoreMutants(undefined, ({ name, killedBy }) => {
  if (killedBy === undefined) console.log(`not missed: ${name.replaceAll(/\s+/g, " ")}`);
});
const killed = scored.filter(({ killedBy }) => killedBy !== undefined).length;
console.log(`mutation score: ${killed} of ${scored.length} bounds are missed when they are gone`);

/** A chain for each part: a node keeps every block it made. */
const part = 10_000;
let broken = false;
for (let done = 0; done < calls; done += part) {
  const report = await fuzzGuardian(Math.min(part, calls - done), BigInt(seed + done / part));
  broken ||= Object.keys(report.broken).length > 0;
  console.log(`${done + report.calls} calls, seed ${seed + done / part}: ${JSON.stringify(report)}`);
}
process.exitCode = broken || killed < scored.length ? 1 : 0;
