import { damagedAt } from "@plimsoll/core/margin/testing";
import { canonical } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readSkyEffect } from "./read-effect.ts";
import { readSkyBody } from "./read-holding.ts";
import { readSkyTerms } from "./read-terms.ts";
import { ETHEREUM, RAD, THEN, WEI, bodyOf, vaultOf, withIlk } from "./testing.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const vault = vaultOf({ id: "a", ink: 10n * WEI, art: 20_000n * WEI });
const sale = { vault: "a", ilk: "ETH-A", tab: 2n * RAD, penalty: RAD, lot: WEI, top: RAD, tic: THEN };
const body = bodyOf([vault], { sales: [sale], wallet: [{ asset: "DAI", units: 1n }] });
const linear = withIlk("ETH-A", { auction: { ...ETHEREUM.ilks[0]!.auction, fall: { kind: "linear", tau: 9n } } });
const take = { was: "liquidation", body: { step: "take", vault: "a", ilk: "ETH-A", seconds: 60n } } as const;
const again = (value: unknown): unknown => JSON.parse(canonical(value));

test("what we wrote is read back the same", () => {
  expect(readSkyBody(again(body))).toEqual({ ok: true, value: body });
  expect(readSkyTerms(again(ETHEREUM))).toEqual({ ok: true, value: ETHEREUM });
  expect(readSkyTerms(again(linear))).toEqual({ ok: true, value: linear });
  expect(readSkyEffect(again(take) as typeof take)).toEqual({ ok: true, value: take });
});

test.each([
  ["terms", ETHEREUM, readSkyTerms],
  ["terms with another fall of the price", linear, readSkyTerms],
  ["a holding with an auction", body, readSkyBody],
  ["an effect", take, (raw: unknown) => readSkyEffect(raw as typeof take)],
] as const)("damaged bytes of %s never become a number", (_what, document, reader) => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const { path, junk, json } = damagedAt(canonical(document), g)!;
      expect([path, junk, reader(json).ok]).toEqual([path, junk, false]);
    }),
    { numRuns: runs },
  );
});

const ilk = body.ilks[0]!;
// oxfmt-ignore
test.each<[string, object]>([
  ["a type was dripped after the holding's moment",  { ilks: [{ ...ilk, rho: THEN + 1n }] }],
  ["a vault's type is missing",                      { ilks: [] }],
  ["a type stands twice",                            { ilks: [ilk, ilk] }],
  ["a vault stands twice",                           { vaults: [vault, vault] }],
  ["a rate below one",                               { ilks: [{ ...ilk, rate: 1n }] }],
  ["a balance below 0",                              { vaults: [{ ...vault, ink: -1n }] }],
  ["more penalty than there is to raise",            { sales: [{ ...sale, penalty: 3n * RAD }] }],
])("parts that cannot be of one moment are refused: %s", (_case, change) => {
  expect(readSkyBody({ ...body, ...change })).toMatchObject({ ok: false, failure: { code: "sky/unreadable" } });
});

const [first] = ETHEREUM.ilks;
// oxfmt-ignore
test.each<[string, object]>([
  ["a type twice",                  { ilks: [first, first] }],
  ["no type",                       { ilks: [] }],
  ["a ratio below one",             { ilks: [{ ...first, mat: 145n }] }],
  ["a penalty below none",          { ilks: [{ ...first, chop: WEI - 1n }] }],
  ["a price that rises",            { ilks: [{ ...first, auction: { ...first!.auction, fall: { kind: "exponential", cut: 2n * 10n ** 27n } } }] }],
  ["an unknown fall of the price",  { ilks: [{ ...first, auction: { ...first!.auction, fall: { kind: "cliff" } } }] }],
  ["a price of nothing per dollar", { par: 0n }],
])("terms with %s are refused", (_case, change) => {
  expect(readSkyTerms({ ...ETHEREUM, ...change }).ok).toBe(false);
});

test("effects that the core does not make are refused", () => {
  for (const was of ["fill", "funding", "adl", "redemption", "settlement"] as const)
    expect(readSkyEffect({ was, body: {} })).toMatchObject({ ok: false, failure: { code: "sky/unreadable" } });
});
