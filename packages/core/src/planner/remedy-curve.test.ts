import { createHash } from "node:crypto";
import type { Condition } from "@plimsoll/core/book";
import { type Guard, guardHash, hashWith } from "@plimsoll/core/policy";
import { dec, exact, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Draft } from "./draft.ts";
import { optionsFor } from "./options.ts";
import { goalOf, needOf } from "./propose-rescue.ts";
import { sampleOption } from "./remedy-curve.ts";
import { boundDesk, deskAccount, deskHolding, deskScene, deskVenue } from "./testing/small-desk.ts";

const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());
const guard: Guard = {
  ...{ id: "g", name: "keep it", scope: { holding: holdingId("desk:me") }, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec("2"), release: dec("2"), urgent: dec("1.08") },
  target: { want: "health", at: dec("2") },
  ladder: [{ use: "reduce", instrument: "SOL", slippage: dec("0.005") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 10 },
};

function sampled(size: string, condition?: Condition) {
  const holding = deskHolding({
    ...{ cash: dec("4000"), wallet: {}, posted: {} },
    positions: { SOL: { size: dec(size), entry: dec("100") } },
  });
  const scene = deskScene({ SOL: dec("100") }, { lots: { SOL: exact(10n) }, fee: dec("0") });
  const draft: Draft = {
    field: {
      grounds: new Map([[holding.id, { engine: boundDesk, holding, scene }]]),
      conditions: new Map(condition === undefined ? [] : [["depth/desk/SOL", condition]]),
    },
    first: { grounds: new Map(), conditions: new Map() },
    ...{ mode: "armed", reserves: [], proposals: [], spent: [], alternatives: [] },
  };
  const want = { guard, version: guardHash(hashOf, guard), account: deskAccount, urgent: false, because: "", left: {} };
  const need = needOf(draft, want, hashOf);
  const [option] = optionsFor(draft, need, guard.ladder).options;
  const curve = sampleOption(draft, need, option!, goalOf(guard, deskAccount)!);
  if (!curve.ok) throw new Error(curve.failure.code);
  return curve.value.curve;
}

test("a tier bends what a reduction gains: 70,000 dollars need 10 % above 50,000 and 5 % below", () => {
  const { knots, gain } = sampled("700");
  const at = (size: number) => gain[knots.indexOf(size)]!;
  // twice the need freed, less half a dollar a coin: 20 - 0.5 above the tier, 10 - 0.5 below
  expect(gain.at(-1)).toBeCloseTo(200 * 19.5 + 500 * 9.5, 6);
  expect(at(350)).toBeCloseTo(200 * 19.5 + 150 * 9.5, 6);
  const bends = knots.filter((_, index) => {
    if (index === 0 || index === knots.length - 1) return false;
    const slope = (to: number) => (gain[to]! - gain[to - 1]!) / (knots[to]! - knots[to - 1]!);
    return Math.abs(slope(index) - slope(index + 1)) > 1e-6;
  });
  expect(Math.min(...bends.map((knot) => Math.abs(knot - 200)))).toBeLessThanOrEqual(20);
});

test("a level of the book that ends between two lots bends the cost at the lots around it, and nowhere else", () => {
  const bids = [
    [dec("100"), dec("18")],
    [dec("99.9"), dec("100")],
  ] as const;
  const { knots, cost } = sampled("100", {
    ...{ type: "depth", venue: deskVenue, instrument: "SOL" },
    depth: { bids, asks: [], at: ms(1) },
  });
  // nothing lost on the first 18, a tenth of a dollar on each coin after
  expect(knots).toEqual([0, 10, 20, 100]);
  expect(cost.map((each) => Number(each.toFixed(9)))).toEqual([0, 0, 0.2, 8.2]);
});
