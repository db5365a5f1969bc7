import { damagedAt } from "@plimsoll/core/margin/testing";
import { canonical } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readLiquityEffect } from "./read-effect.ts";
import { readLiquityBody } from "./read-holding.ts";
import { readLiquityTerms } from "./read-terms.ts";
import { ETHEREUM, THEN, WEI, batchOf, batchedOf, bodyOf, branchOf, troveOf } from "./testing.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const named = { id: "a" };
const branch = branchOf({
  totals: { coll: 30n * WEI, debt: WEI },
  pool: WEI,
  stakes: { total: 1n, snapshot: 2n, collSnapshot: 3n },
  perStake: { coll: 5n, debt: 7n },
});
const batch = batchOf({ debt: 3n * WEI, shares: 2n * WEI });
const troves = [batchedOf(10n * WEI, WEI, named), troveOf(10n * WEI, WEI, 1n, { id: "b", debtInFront: 4n })];
const body = bodyOf(troves, {
  ...{ branches: [branch], batches: [batch], surplus: [{ asset: "WETH", units: 1n }] },
  wallet: [{ asset: "BOLD", units: 1n }],
});
const redemption = { was: "redemption", body: { trove: "a", branch: "WETH", bold: 5n, fee: 7n } } as const;
const again = (value: unknown): unknown => JSON.parse(canonical(value));

test("what we wrote is read back the same", () => {
  expect(readLiquityBody(again(body))).toEqual({ ok: true, value: body });
  expect(readLiquityTerms(again(ETHEREUM))).toEqual({ ok: true, value: ETHEREUM });
  expect(readLiquityEffect(again(redemption) as typeof redemption)).toEqual({ ok: true, value: redemption });
  expect(readLiquityEffect({ ...redemption, body: { ...redemption.body, fee: "urgent" } }).ok).toBe(true);
});

test.each([
  ["terms", ETHEREUM, readLiquityTerms],
  ["a holding", body, readLiquityBody],
  ["an effect", redemption, (raw: unknown) => readLiquityEffect(raw as typeof redemption)],
] as const)("damaged bytes of %s never become a number", (_what, document, reader) => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const { path, junk, json } = damagedAt(canonical(document), g)!;
      expect([path, junk, reader(json).ok]).toEqual([path, junk, false]);
    }),
    { numRuns: runs },
  );
});

const [managed] = troves;
// oxfmt-ignore
test.each<[string, object]>([
  ["a batch was updated after the holding's moment",     { batches: [{ ...batch, lastUpdate: THEN + 1n }] }],
  ["a branch was shut after the holding's moment",       { branches: [{ ...branch, shutdownTime: THEN + 1n }] }],
  ["a trove's batch is missing",                         { batches: [] }],
  ["a trove's branch is missing",                        { branches: [] }],
  ["a batch has fewer shares than one of its troves",    { batches: [{ ...batch, shares: 1n }] }],
  ["a trove knows of more than its branch handed over",  { troves: [{ ...managed, snapshot: { coll: 6n, debt: 0n } }] }],
  ["a trove stands twice",                               { troves: [managed, managed] }],
  ["a balance below 0",                                  { troves: [{ ...managed, coll: -1n }] }],
])("parts that cannot be of one moment are refused: %s", (_case, change) => {
  expect(readLiquityBody({ ...body, ...change })).toMatchObject({ ok: false, failure: { code: "liquity-v2/unreadable" } });
});

const [first] = ETHEREUM.branches;
// oxfmt-ignore
test.each<[string, object]>([
  ["a branch twice",                                 { branches: [first, first] }],
  ["no branch",                                      { branches: [] }],
  ["a ratio below one",                              { branches: [{ ...first, mcr: 110n }] }],
  ["a branch that is critical after liquidations",   { branches: [{ ...first, ccr: WEI }] }],
  ["a caller's share without end",                   { gas: { ...ETHEREUM.gas, divisor: 0n } }],
])("terms with %s are refused", (_case, change) => {
  expect(readLiquityTerms({ ...ETHEREUM, ...change }).ok).toBe(false);
});

test("effects that the contracts do not make are refused", () => {
  for (const was of ["fill", "funding", "adl", "settlement"] as const)
    expect(readLiquityEffect({ was, body: {} })).toMatchObject({
      ok: false,
      failure: { code: "liquity-v2/unreadable" },
    });
  expect(readLiquityEffect({ ...redemption, body: { ...redemption.body, fee: WEI + 1n } }).ok).toBe(false);
});
