import type { Plan } from "@plimsoll/core/planner";
import { accountKey, dec, hash, holdingId, ms, unknown, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { planText } from "./plan-text.ts";

const step: Plan["steps"][number] = {
  ...{ id: hash("a".repeat(64)), holding: holdingId("desk"), account: accountKey("desk"), after: [], undo: "none" },
  action: { do: "order", instrument: "BTCUSDT", side: "sell", size: dec("2"), limit: dec("49750"), reduceOnly: true },
  ...{ notBefore: ms(0), expires: ms(30_000), arrives: { usualMs: ms(1_000), worstMs: "never" } },
  slices: { count: 4, overMs: ms(15_000), atRisk: dec("41.5") },
};
const plan: Plan = {
  ...{ hash: hash("b".repeat(64)), mode: "shadow", steps: [step], cost: dec("20"), gap: dec("3.25") },
  costParts: [{ of: "funding", amount: dec("20"), is: "at-most", because: "at its cap" }],
  ...{ doNothing: unknown(why("no-boundary")), realisesSale: [{ instrument: "BTCUSDT", size: dec("2") }] },
  ...{ before: [], after: [], because: [], alternatives: [] },
  assumes: [
    why("rate-budget-unknown", { venue: "binance", detail: "how many messages binance still takes is not known" }),
  ],
};
const textOf = (shown: Plan) =>
  planText({
    ...{ holding: holdingId("desk"), account: accountKey("desk"), asked: "a guard", shortfalls: [] },
    plan: shown,
  });

test("what a plan leaves open is printed: the gap, the slices and what they risk, what it takes for granted", () => {
  const text = textOf(plan);
  expect(text).toContain("a cheaper plan might exist, by at most 3.25");
  expect(text).toContain(", in 4 slices over 15 s: a usual move takes 41.5 meanwhile");
  expect(text).toContain("taken for granted: how many messages binance still takes is not known");
  expect(text).toContain("funding at most 20");
});

test("what is not there is not printed", () => {
  const { slices: _slices, ...whole } = step;
  const { assumes: _assumes, ...sure } = plan;
  const text = textOf({ ...sure, steps: [whole], gap: dec("0") });
  for (const word of ["cheaper", "slices", "granted"]) expect(text).not.toContain(word);
});
