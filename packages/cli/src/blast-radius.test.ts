import { unsaid } from "@plimsoll/venues/wire";
import { expect, test } from "vitest";
import { boundsOf, mayOf, radiusText, worstOf } from "./blast-radius.ts";

const said = {
  is: "said",
  trades: false,
  transfers: false,
  withdraws: false,
  ipBound: true,
  expires: "never",
} as const;

// oxfmt-ignore
test.each([
  ["reads only",               said,                                          /^sees balances.*moves nothing$/],
  ["trades",                   { ...said, trades: true },                     /^loses everything.*thin market; cannot take it out/],
  ["perhaps trades",           { ...said, trades: "unknown" },                /^perhaps loses everything/],
  ["transfers",                { ...said, transfers: true },                  /^moves everything in the account to other accounts/],
  ["perhaps transfers",        { ...said, transfers: "unknown" },             /^perhaps moves everything/],
  ["withdraws",                { ...said, withdraws: true },                  /^takes everything in the account out of the venue$/],
  ["nothing is known of it",   unsaid("okx", {}),                             /^may take everything in the account/],
] as const)("a key that %s", (_case, permission, worst) => {
  expect(worstOf(mayOf(permission))).toMatch(worst);
});

test("what is unknown of a key is unknown, never no", () => {
  expect(new Set(Object.values(mayOf(unsaid("okx", {}))))).toEqual(new Set(["unknown"]));
  expect(boundsOf({ ...said, ipBound: "unknown", expires: "unknown" })).toEqual([
    "whether it is bound to addresses is unknown",
    "whether it ends is unknown",
  ]);
});

test("its lines end with the worst", () => {
  const text = radiusText({
    secret: "read key of desk",
    on: "account desk at okx",
    place: "key store",
    can: mayOf(said),
    facts: boundsOf(said),
    worst: worstOf(mayOf(said)),
    warnings: [{ code: "x", facts: { detail: "it is odd", next: "look" } }],
  });
  expect(text.split("\n")).toEqual([
    "read key of desk, on account desk at okx",
    "  kept in    key store",
    "  can        read yes, trade no, transfer no, withdraw no",
    "             works from listed addresses only",
    "             has no end",
    "  BUT        it is odd. Next: look",
    "  at worst   a thief sees balances, positions and orders; moves nothing",
  ]);
});
