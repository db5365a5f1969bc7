// What is the least I must repay to be safe again? Bisection on the venue's own rules, to the last token unit.
// node examples/least-repay.ts [health]
import { leastAmount } from "@plimsoll/core/planner";
import { ZERO, holdingId, ms, parseExact, text } from "@plimsoll/core/units";
import { aaveV3 } from "@plimsoll/venues/aave-v3";
import { sceneOf } from "./scene-of.ts";

const account = {
  venue: "aave-v3",
  collateral: ["10 WETH", "0.2 WBTC"],
  debt: ["30000 USDC"],
  wallet: ["20000 USDC"],
  prices: {
    WETH: { price: "2500", unit: "USD" },
    WBTC: { price: "90000", unit: "USD" },
    USDC: { price: "1", unit: "USD" },
  },
};
const target = parseExact(process.argv[2] ?? "1.45");
if (!target.ok) throw new Error(`not a health: ${process.argv[2]}`);

const { engine } = aaveV3;
const [id, now] = [holdingId("loan"), ms(Date.now())];
const read = aaveV3.readWritten(account, id, now);
if (!read.ok) throw new Error(JSON.stringify(read.failure));
const { holding, scene } = sceneOf(read.value, id, now);

for (const unit of engine.accounts(holding)) {
  const healthOf = (of: typeof holding) =>
    engine.assess(of, unit, scene).lines.find(({ name }) => name === "maintenance");
  console.log(`health now ${text(healthOf(holding)?.health ?? ZERO)}, wanted ${text(target.value)}`);
  for (const lever of engine.levers(holding, unit, scene)) {
    const goal = { account: unit, line: "maintenance", at: target.value } as const;
    const family = (amount: typeof lever.most) => lever.act(amount, ZERO);
    const least = leastAmount(engine, holding, scene, goal, family, lever);
    if (!least.ok) {
      console.log(
        `${lever.use} ${lever.on}: not possible, ${least.failure.code} ${JSON.stringify(least.failure.facts)}`,
      );
      continue;
    }
    const after = engine.apply(holding, family(least.value), scene);
    const health = after.ok ? text(healthOf(after.value)?.health ?? ZERO) : after.failure.code;
    console.log(`${lever.use} ${text(least.value)} ${lever.on}: health ${health}`);
  }
}
