// Compares the Aave engine with the real contracts over many random states.
//   node scripts/soak-aave.ts --states 10000 [--seed 1] [--rules r10 or v3.0]
// Prints progress and a coverage table; exits 1 on any difference and where a situation was met less than 20 times.
import { parseArgs } from "node:util";
import { type Coverage, Difference, required, requiredV30, tableOf, walk } from "@plimsoll/venues/aave-v3/testing";

const leastOfEach = 20;

function readOptions() {
  const options = {
    states: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
    rules: { type: "string", default: "r10" },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const [states, seed, { rules }] = [Number(values.states), Number(values.seed), values];
    const counts = Number.isSafeInteger(states) && states > 0 && Number.isSafeInteger(seed) && seed >= 0;
    if (counts && (rules === "r10" || rules === "v3.0")) return { states, seed, rules } as const;
    const given = `--states ${values.states} --seed ${values.seed} --rules ${rules}`;
    console.error(`${given}: write whole numbers, states at least 1, rules r10 or v3.0`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  process.exit(2);
}

const { states, seed, rules } = readOptions();
console.log(`${states} states, seed ${seed}, rules ${rules}`);
const started = performance.now();
const onStep = (done: number, { liquidations }: Coverage) => {
  if (done % 250 !== 0) return;
  const seconds = (performance.now() - started) / 1_000;
  const left = Math.round((seconds / done) * (states - done));
  console.log(
    `${done} states, ${liquidations} liquidations, 0 differences; ${Math.round(seconds)} s, about ${left} s left`,
  );
};

try {
  const coverage = await walk({ seed, rules, steps: states, onStep, progress: console.log });
  console.log(tableOf(coverage));
  const wanted = rules === "r10" ? required : requiredV30;
  const thin = wanted.filter((situation) => coverage[situation] < leastOfEach);
  if (thin.length > 0) console.error(`met less than ${leastOfEach} times: ${thin.join(", ")}; run more states`);
  else console.log(`${coverage.states} states, ${coverage.liquidations} liquidations, 0 differences`);
  process.exitCode = thin.length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof Difference)) throw error;
  console.error(
    `difference: ${error.message}\nsee it again: node scripts/soak-aave.ts --states 150 --rules ${rules} with the --seed named above`,
  );
  process.exitCode = 1;
}
