import { type Remedy, guardHash, hashWith } from "@plimsoll/core/policy";
import { accountKey, assetId, dec, exact, holdingId, known, ms, toNumber } from "@plimsoll/core/units";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Want } from "./draft.ts";
import type { Field } from "./ground.ts";
import type { Reserve } from "./plan.ts";
import { type Start, planRescues } from "./plan-rescues.ts";
import type { Spend } from "./purse.ts";
import { deskGuard } from "./testing/desk-plans.ts";
import { boundDesk, deskAccount, deskHolding, deskScene, deskVenue } from "./testing/small-desk.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 60);
const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());
const [one, two] = [holdingId("desk:one"), holdingId("desk:two")];
const usdc = assetId("USDC");
const post: Remedy = { use: "supply", asset: usdc, most: dec("5000") };
const NOW = 1_000;

/** Two desks, each with a bitcoin and 4,000 dollars: 1,052.64 of dollar coins bring either to health 2. */
function startOn(
  wallets: readonly [string | undefined, string | undefined],
  holds: number,
  reserves: readonly Reserve[] = [],
  spent: readonly Spend[] = [],
): Start {
  const scene = deskScene({ BTC: dec("50000") }, {}, NOW);
  const grounds = [one, two].map((id) => {
    const positions = { BTC: { size: dec("1"), entry: dec("50000") } };
    const holding = deskHolding(
      { cash: dec("4000"), wallet: { USDC: exact(BigInt(holds)) }, posted: {}, positions },
      id,
    );
    return [id, { engine: boundDesk, holding, scene }] as const;
  });
  const named = [one, two].flatMap((id, place) => {
    const name = wallets[place];
    return name === undefined ? [] : [[id, { name, readAt: ms(500) }] as const];
  });
  const field: Field = { grounds: new Map(grounds), conditions: new Map(), wallets: new Map(named) };
  return { field, reserves, spent };
}
const wantFor = (id: typeof one): Want => {
  const guard = deskGuard([post], "2", { id: `of ${id}`, scope: { holding: id } });
  return { guard, version: guardHash(hashOf, guard), account: deskAccount, urgent: false, because: "low", left: {} };
};
const taken = (start: Start): readonly number[] =>
  planRescues(start, [wantFor(one), wantFor(two)], "armed", hashOf).steps.map(({ step: { action } }) =>
    action.do === "supply" && action.amount !== "all" ? toNumber(action.amount) : NaN,
  );

test("two accounts that one wallet pays for are not both promised its money; two wallets of the same size are", () => {
  expect(taken(startOn(["1/0xa", "1/0xa"], 1_500))).toEqual([1_052.64, 447.36]);
  expect(taken(startOn(["1/0xa", "1/0xb"], 1_500))).toEqual([1_052.64, 1_052.64]);
  // nobody said whose wallet it is: each has its own
  expect(taken(startOn([undefined, undefined], 1_500))).toEqual([1_052.64, 1_052.64]);
});

test("what a plan under way takes of the wallet is gone for its other accounts, until it was read again", () => {
  const spend = (at: number): Spend => ({
    holding: two,
    asset: usdc,
    amount: dec("1000"),
    at: ms(at),
    account: deskAccount,
  });
  const first = (spent: readonly Spend[]) =>
    planRescues(startOn(["w", "w"], 1_500, [], spent), [wantFor(one)], "armed", hashOf).steps.map(
      ({ step: { action } }) => (action.do === "supply" && action.amount !== "all" ? toNumber(action.amount) : NaN),
    );
  expect(first([spend(NOW)])).toEqual([500]);
  expect(first([spend(499)])).toEqual([1_052.64]);
  expect(
    planRescues(startOn(["w", "w"], 900, [], [spend(NOW)]), [wantFor(one)], "armed", hashOf).shortfalls[0]!.why.facts[
      "unusable"
    ],
  ).toContain("the wallet has 0 left for it");
});

test("a plan on top of another reads no wallet twice", () => {
  const under = planRescues(startOn(["w", "w"], 2_000), [wantFor(one)], "armed", hashOf).draft;
  const over = planRescues(under, [wantFor(two)], "shadow", hashOf);
  // 2,000 less 1,052.64, and not that once more
  expect(over.steps.map(({ step }) => step.action)).toMatchObject([{ do: "supply", amount: dec("947.36") }]);
});

test("a reserve of one account is the wallet's, and never more than the wallet has", () => {
  const reserve: Reserve = {
    ...{ asset: usdc, at: deskVenue, holding: one, kind: "plain" },
    ...{ free: known(dec("1200"), ms(0)), floor: dec("0") },
  };
  expect(taken(startOn(["w", "w"], 5_000, [reserve]))).toEqual([1_052.64, 147.36]);
  expect(taken(startOn(["w", "w"], 1_100, [reserve]))).toEqual([1_052.64, 47.36]);
});

test("money that the same wallet holds for another account lies here: nothing has to bring it", () => {
  const reserve: Reserve = {
    ...{ asset: usdc, at: deskVenue, holding: two, kind: "plain" },
    ...{ free: known(dec("1200"), ms(0)), floor: dec("0") },
  };
  const told = (wallets: readonly [string, string]) =>
    planRescues(startOn(wallets, 5_000, [reserve]), [wantFor(one)], "armed", hashOf).plan!.alternatives.map(
      ({ what }) => what,
    );
  expect(told(["w", "w"])).toEqual([]);
  expect(told(["v", "w"])).toEqual(["bring 1200 USDC from desk:two"]);
});

test("however much is there and whoever took of it: together they take no more than the wallet has left", () => {
  let both = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 2_000 }), (holds, before) => {
      const spent: Spend = {
        holding: two,
        asset: usdc,
        amount: exact(BigInt(before)),
        at: ms(600),
        account: accountKey("x"),
      };
      const amounts = taken(startOn(["w", "w"], holds, [], [spent]));
      if (amounts.length === 2) both++;
      expect(amounts.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(Math.max(0, holds - before) + 1e-9);
    }),
    { numRuns },
  );
  expect(both).toBeGreaterThan(numRuns / 10);
});
