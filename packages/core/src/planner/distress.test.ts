import { createHash } from "node:crypto";
import { type Guard, type Remedy, guardHash, hashWith } from "@plimsoll/core/policy";
import { type Exact, assetId, dec, exact, holdingId, known, ms, toNumber, unknown, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Need, Want } from "./draft.ts";
import { planRescues } from "./plan-rescues.ts";
import { slippageAllowed } from "./slippage-allowed.ts";
import { boundDesk, deskAccount, deskHolding, deskScene } from "./testing/small-desk.ts";

const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());
/** One bitcoin at 50,000: 2,500 are needed, a close costs 25 and at most what the slippage allows. */
const scene = deskScene({ BTC: dec("50000"), SOL: dec("100") }, { lots: { BTC: dec("0.01") } });
const holdingWith = (cash: string, usdc = "0") =>
  deskHolding({
    ...{ cash: dec(cash), wallet: { USDC: dec(usdc) }, posted: {} },
    positions: { BTC: { size: dec("1"), entry: dec("50000") } },
  });
const guardWith = (ladder: readonly Remedy[], target = "1.3"): Guard => ({
  ...{ id: "g", name: "keep it", scope: { holding: holdingId("desk:me") }, ladder, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec("1.2"), release: dec("1.3"), urgent: dec("1.08") },
  target: { want: "health", at: dec(target) },
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 10 },
});
const reduce = (slippage: string): Remedy => ({ use: "reduce", instrument: "BTC", slippage: dec(slippage) });
const supply: Remedy = { use: "supply", asset: assetId("USDC"), most: dec("100000") };
const close: Remedy = { use: "close", instrument: "BTC", slippage: dec("0.001") };

function plan(cash: string, ladder: readonly Remedy[], usdc = "0", target = "1.3", holding = holdingWith(cash, usdc)) {
  const guard = guardWith(ladder, target);
  const want: Want = {
    ...{ guard, version: guardHash(hashOf, guard), account: deskAccount },
    ...{ urgent: true, because: "over the line", left: {} },
  };
  const grounds = new Map([[holding.id, { engine: boundDesk, holding, scene }]]);
  return planRescues({ field: { grounds, conditions: new Map() }, reserves: [], spent: [] }, [want], "armed", hashOf);
}
const healthAfter = (cash: string, ladder: readonly Remedy[]) =>
  toNumber(plan(cash, ladder).plan!.after[0]!.lines[0]!.health);

test("over the line a part is closed, and that is enough where closing frees more than it costs", () => {
  // 2,400 of 2,500: each sold share x leaves (2,400 - 75 x) / (2,500 (1 - x)); 1.3 from x = 0.27
  expect(healthAfter("2400", [reduce("0.001")])).toBeGreaterThanOrEqual(1.3);
});

test("past the point of no return selling is refused with the health before and after", () => {
  // at a limit 6 % under the mark a sale costs 3,000 for each 2,500 of need that it frees
  const { plan: made, shortfalls } = plan("2400", [reduce("0.06")]);
  expect(made).toBeUndefined();
  expect(shortfalls[0]!.why).toMatchObject({ code: "target-out-of-reach", facts: { nearest: "0.960000000000" } });
  // nor where another position stays: 2,900 of 3,000 become less than 0 of 500
  const both = holdingWith("2900");
  const body = both.body as { positions: object };
  const held = {
    ...both,
    body: { ...body, positions: { ...body.positions, SOL: { size: dec("100"), entry: dec("100") } } },
  };
  const two = plan("2900", [reduce("0.06")], "0", "1.3", held);
  expect(two.plan).toBeUndefined();
  expect(two.shortfalls[0]!.why.facts["refused"]).toMatch(/^past-the-point-of-no-return, before 0\.96/);
});

test("an account is fed no more than it is worth, and what is worth nothing is fed nothing", () => {
  const { plan: made, shortfalls } = plan("1000", [supply], "50000");
  const [step] = made!.steps;
  // it would take (1.3 * 2,500 - 1,000) / 0.95 = 2,368.42, and 1,000 is what it is worth
  expect(step!.action).toMatchObject({ do: "supply", amount: dec("1000.00") });
  expect(shortfalls[0]!.why.facts["nearest"]).toBe("0.780000000000");
  const nothing = plan("0", [supply], "50000");
  expect(nothing.plan).toBeUndefined();
  expect(nothing.shortfalls[0]!.why.facts["unusable"]).toContain("the account is worth 0 USD");
});

test("a close is the whole position or nothing, so that no dust stays", () => {
  const { plan: made } = plan("2400", [close]);
  expect(made!.steps[0]!.action).toMatchObject({ do: "order", size: dec("1.00"), reduceOnly: true });
  expect(made!.after[0]!.lines).toEqual([]);
});

/** What a liquidation takes, 2,500 of a position worth 50,000, is 5 %: at the trigger what is written, when urgent 60 % of it. */
const needAt = (loss: Exact | undefined): Need => ({
  want: {
    ...{ guard: guardWith([reduce("0.005")]), version: hashOf("g"), account: deskAccount },
    ...{ urgent: false, because: "", left: {} },
  },
  ...{ unit: "USD", hashOf },
  loss: loss === undefined ? unknown(why("no-boundary")) : known(loss, ms(1)),
});
// oxfmt-ignore
test.each([
  // health  loss    slippage allowed
  ["1.2",    2_500n, 0.005],
  ["1.14",   2_500n, 0.0175],
  ["1.08",   2_500n, 0.03],
  ["1.01",   2_500n, 0.03],
  ["1.08",   200n,   0.005],
  ["1.08",   undefined, 0.005],
] as const)("at a health of %s, %s to lose, an order may lose %s", (health, loss, allowed) => {
  const ground = { engine: boundDesk, holding: holdingWith("2400"), scene };
  const need = needAt(loss === undefined ? undefined : exact(loss));
  expect(toNumber(slippageAllowed(reduce("0.005"), need, ground, dec(health)))).toBeCloseTo(allowed, 4);
});
