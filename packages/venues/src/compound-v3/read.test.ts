import { canonical } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readCometBody } from "./read-holding.ts";
import { readCometEffect } from "./read-effect.ts";
import { readCometTerms } from "./read-terms.ts";
import { bodyOf, tokens, totals, usdcMarket } from "./testing.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const body = bodyOf({ WETH: tokens("WETH", 10n), WBTC: 5n }, -20_000_000000n, { totals });
const asJson = (value: unknown): Json => JSON.parse(canonical(value));

test("what we wrote is read back the same", () => {
  expect(readCometBody(asJson(body))).toEqual({ ok: true, value: body });
  expect(readCometTerms(asJson(usdcMarket))).toEqual({ ok: true, value: usdcMarket });
  expect(readCometEffect({ was: "liquidation", body: {} }).ok).toBe(true);
  expect(readCometEffect({ was: "interest", body: { until: "1700000000" } })).toMatchObject({
    value: { body: { until: 1_700_000_000n } },
  });
});

/** Every place of a document: the path to each value that is not a list or an object. */
const leaves = (json: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] =>
  typeof json === "object" && json !== null
    ? Object.entries(json).flatMap(([key, inner]) => leaves(inner, [...path, Array.isArray(json) ? Number(key) : key]))
    : [path];
function damaged(json: Json, path: readonly (string | number)[], junk: Json): Json {
  const copy = structuredClone(json);
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce<Json>((at, key) => (at as { [key: string]: Json })[key]!, copy);
  (parent as { [key: string]: Json })[last] = junk;
  return copy;
}
const junk = fc.constantFrom<Json>("", " 1", "1e3", "0x10", "1.5", "1,000", "NaN", null, [], {}, 0.5, -1, "-1e", "∞");

test.each([
  ["holding", asJson(body), readCometBody],
  ["terms", asJson(usdcMarket), readCometTerms],
] as const)("damaged bytes of a %s are refused, wherever they are", (_what, document, reader) => {
  const names = new Set(["market", "user", "payer", "address", "asset", "priceUnit", "completeness"]);
  const places = leaves(document).filter((path) => !names.has(String(path.at(-1))));
  fc.assert(
    fc.property(fc.constantFrom(...places), junk, (path, value) => {
      expect([path, reader(damaged(document, path, value)).ok]).toEqual([path, false]);
    }),
    { numRuns: runs },
  );
});

const reader = (change: object) => readCometBody(asJson({ ...body, ...change }));
// oxfmt-ignore
test.each<[string, object]>([
  ["touched after the holding's moment",          { timestamp: totals.lastAccrual - 1n }],
  ["everybody owes less than the user",           { totals: { ...totals, borrowed: 19_999_999999n } }],
  ["everybody supplied less than the user",       { principal: 1n, totals: { ...totals, supplied: 0n } }],
  ["everybody's collateral is less than the user's", { collateral: [{ ...body.collateral[0]!, supplied: 0n }] }],
  ["a balance below 0",                           { collateral: [{ ...body.collateral[0]!, balance: -1n }] }],
  ["assets out of order",                         { collateral: body.collateral.toReversed() }],
  ["an index of 0",                               { totals: { ...totals, borrowIndex: 0n } }],
])("parts that cannot be of one moment are refused: %s", (_case, change) => {
  expect(reader(change)).toMatchObject({ ok: false, failure: { code: "compound-v3/unreadable" } });
});

test("terms that cannot be right, and effects that the market does not make", () => {
  const change = (more: object) => readCometTerms(asJson({ ...usdcMarket, ...more })).ok;
  const [first, second] = usdcMarket.assets;
  expect(change({ assets: [first, { ...second, asset: first!.asset }] })).toBe(false);
  expect(change({ assets: [{ ...first, asset: "USDC" }] })).toBe(false);
  expect(change({ assets: [{ ...first, borrowFactor: 10n ** 18n }] })).toBe(false);
  expect(change({ assets: [{ ...first, liquidateFactor: 10n ** 18n + 1n }] })).toBe(false);
  expect(readCometEffect({ was: "adl", body: {} })).toMatchObject({ failure: { code: "compound-v3/no-such-effect" } });
  expect(readCometEffect({ was: "liquidation", body: { part: "1" } }).ok).toBe(false);
});
