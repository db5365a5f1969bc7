import { canonical } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { readMorphoEffect } from "./read-effect.ts";

const liquidation = { was: "liquidation", body: { market: "m", seizedAssets: 0n, repaidShares: 7n } } as const;

test("what the contract did comes back from the journal as it was", () => {
  expect(readMorphoEffect(JSON.parse(canonical(liquidation)))).toEqual({ ok: true, value: liquidation });
});

// oxfmt-ignore
test.each([
  ["below 0",              { ...liquidation, body: { ...liquidation.body, repaidShares: "-7" } }],
  ["a float",              { ...liquidation, body: { ...liquidation.body, repaidShares: 7.5 } }],
  ["an exponent",          { ...liquidation, body: { ...liquidation.body, repaidShares: "7e3" } }],
  ["a missing side",       { ...liquidation, body: { market: "m", repaidShares: 7n } }],
  ["another venue's",      { was: "redemption", body: liquidation.body }],
] as const)("an effect with %s is refused", (_what, effect) => {
  expect(readMorphoEffect(effect).ok).toBe(false);
});
