import type { AccountView, BookView } from "@plimsoll/core/turn";
import { ZERO, accountKey, dec, ms, quoteKey, unknown, why } from "@plimsoll/core/units";
import { Account, Activity, Book, Scenery, Story } from "@plimsoll/server/contract";
import { healthWord, liquidationLines } from "@plimsoll/server/display";
import {
  START,
  sampleBook,
  sampleCoverage,
  sampleGuard,
  sampleHappenings,
  sampleWaiting,
  scriptedSource,
  storyAt,
} from "@plimsoll/server/testing";
import { expect, test } from "vitest";
import { changeOf, readScenery, viewAccount, viewActivity, viewBook, viewStory } from "./index.ts";

const named = (name: string, book: BookView = sampleBook()): AccountView => {
  const found = book.accounts.find(({ account, holding }) => account === name || holding === name);
  if (found === undefined) throw new Error(`no sample account ${name}`);
  return found;
};
const plain = (text: string) => text.replaceAll("\u202f", " ");
const cross = named("cross:USDT");
const boundary = (quote: string, down?: number, up?: number) => ({
  quote: quoteKey(quote),
  kind: "mark" as const,
  now: 100,
  ...(down !== undefined && { down }),
  ...(up !== undefined && { up }),
});
const common = (share: number) => ({
  ...{ what: "X+Y", quotes: [quoteKey("a:X:mark"), quoteKey("a:Y:mark")], share, falls: true, multiplier: 2 },
});
const crossed = cross.maintenance && { ...cross.maintenance, crossed: true };
const silent = unknown(why("lost", { detail: "the stream broke" }));
const { maintenance: _line, ...blind } = cross;

// the six states of a liquidation price and what must never be shown as one of the others
test.each<readonly [string, AccountView, string]>([
  ["one price", { ...cross, boundaries: [boundary("a:X:mark", 63)] }, "X mark 63 (−37%)"],
  [
    "the nearest of several prices",
    { ...cross, boundaries: [boundary("a:X:mark", 40), boundary("a:Y:mark", 90)] },
    "Y mark 90 (−10%)",
  ],
  [
    "both directions of one price",
    { ...cross, boundaries: [boundary("a:X:mark", 63, 180)] },
    "X mark 63 (−37%) or 180 (+80%)",
  ],
  [
    "directions of two prices are not joined",
    { ...cross, boundaries: [boundary("a:X:mark", 63), boundary("a:Y:mark", undefined, 180)] },
    "X mark 63 (−37%)",
  ],
  // source: USDC fell by 12.5 % where a major falls by 30 %, ETH moves 1.5 times as far: 40 % of the one is further than 70 % of the other
  [
    "a pegged coin's rise by 40 % is further than ETH's fall by 70 %",
    { ...cross, boundaries: [boundary("a:USDC:mark", undefined, 140), boundary("a:ETH:mark", 30)] },
    "ETH mark 30 (−70%)",
  ],
  [
    "a common move nearer than any price alone",
    { ...cross, boundaries: [boundary("a:X:mark", 40), boundary("a:Y:mark")], together: common(0.5) },
    "X and Y together −50%",
  ],
  [
    "a common move further than a price alone",
    { ...cross, boundaries: [boundary("a:X:mark", 40), boundary("a:Y:mark")], together: common(0.61) },
    "X mark 40 (−60%)",
  ],
  [
    "only a common move",
    { ...cross, boundaries: [boundary("a:X:mark"), boundary("a:Y:mark")], together: common(0.25) },
    "X and Y together −25%",
  ],
  ["no boundary", { ...cross, boundaries: [] }, "none"],
  ["a boundary at 0 is no price", { ...cross, boundaries: [boundary("a:X:mark", 0)] }, "none"],
  ["no debt", named("idle"), "none"],
  ["beyond the line", { ...cross, ...(crossed && { maintenance: crossed }) }, "already below"],
  ["liquidatable by word", { ...cross, danger: "liquidatable" }, "already below"],
  [
    "nothing known",
    named("SOLUSDT:BOTH"),
    "unknown (no mark price of SOLUSDT for 41 s, budget 5 s. Next: plimsoll doctor)",
  ],
  [
    "danger unknown and no boundary",
    { ...cross, danger: "unknown", because: silent.is === "unknown" ? silent.why : cross.because, boundaries: [] },
    "unknown (the stream broke)",
  ],
  ["lines missing because a price is", { ...blind, equity: silent, boundaries: [] }, "unknown (the stream broke)"],
])("liquidation: %s", (_case, view, shown) => {
  const account = Account.parse(viewAccount(view, [], START));
  expect(plain(liquidationLines(account.liquidation)[0]!)).toBe(shown);
});

test("a common move says where each of its prices stands at its end", () => {
  const boundaries = [boundary("a:X:mark"), boundary("a:Z:mark", 10), { ...boundary("a:Y:mark"), now: 40 }];
  expect(viewAccount({ ...cross, boundaries, together: common(0.25) }, [], START).liquidation).toMatchObject({
    together: {
      move: "-0.25",
      points: [
        { quote: "a:X:mark", now: "100", price: "75" },
        { quote: "a:Y:mark", now: "40", price: "30" },
      ],
    },
  });
});

test("no debt has no number; a missing price is not 'no debt'", () => {
  expect(healthWord(viewAccount(named("idle"), [], START).health)).toBe("no debt");
  expect(healthWord(viewAccount({ ...blind, equity: silent }, [], START).health)).toBe("unknown (the stream broke)");
});

// source: used = need / have, worked by hand; rounded up, so that a bar never looks shorter than it is
test.each([
  ["two thirds", "300", "200", "0.666667"],
  ["on the line", "300", "300", "1.000000"],
  ["beyond the line", "300", "450", "1.500000"],
  ["nothing left", "0", "450", "1"],
  ["negative", "-20", "450", "1"],
  ["needs nothing", "300", "0", "0"],
] as const)("used margin: %s", (_case, have, need, used) => {
  const line = cross.maintenance;
  if (line === undefined) throw new Error("the sample has a line");
  const surplus = { digits: dec(have).digits - dec(need).digits, scale: 0 };
  expect(viewAccount({ ...cross, maintenance: { ...line, required: dec(need), surplus } }, [], START).used).toBe(used);
});

test("an expired or a foreign guard protects nothing; one in shadow says so", () => {
  const guard = sampleGuard("armed", "desk", "cross:USDT");
  const coverage = (...guards: Parameters<typeof viewAccount>[1]) => viewAccount(cross, guards, START).coverage;
  expect(coverage()).toBe("none");
  expect(coverage(sampleGuard("armed", "treasury"))).toBe("none");
  expect(coverage(sampleGuard("armed", "desk", "SOLUSDT:BOTH"))).toBe("none");
  expect(coverage(sampleGuard("shadow", "desk"))).toBe("shadow");
  expect(coverage(sampleGuard("shadow", "desk"), guard)).toBe("armed");
  expect(coverage({ ...guard, bounds: { ...guard.bounds, expires: START } })).toBe("none");
});

test("what the turn calls stale or unknown is stale here; what it still trusts is not, whatever its age", () => {
  const last = { is: "stale", last: dec("1"), asOf: START, why: why("stale") } as const;
  const stale = (view: AccountView) => viewAccount(view, [], START).stale;
  expect([
    stale({ ...cross, asOf: ms(START - 40_000) }),
    stale({ ...cross, equity: last }),
    stale({ ...blind, equity: silent }),
  ]).toEqual([false, true, true]);
});

test("the book is sorted by danger, unknown between act and danger, then by distance; sums leave out what is not known", () => {
  const near = { ...cross, account: accountKey("later in the alphabet"), distance: 0.01 };
  const book = Book.parse(viewBook({ ...sampleBook(), accounts: [...sampleBook().accounts.toReversed(), near] }));
  expect(book.accounts.map(({ danger }) => danger)).toEqual([
    "danger",
    "danger",
    "unknown",
    "act",
    "watch",
    "safe",
    "safe",
  ]);
  expect(book.accounts[0]?.distance).toBe("0.01");
  expect(book.nearest?.key).toBe(book.accounts[0]?.key);
  expect(book.danger).toBe("danger");
  const usdt = viewBook(sampleBook()).equity.find(({ total }) => total.unit === "USDT");
  expect(usdt).toEqual({ total: { value: "27360.35000000", unit: "USDT" }, missing: 1 });
  const stale = { is: "stale", last: dec("18240.35"), asOf: START, why: why("lost") } as const;
  const [first, ...rest] = sampleBook().accounts;
  if (first === undefined) throw new Error("the sample book is empty");
  const partly = viewBook({ ...sampleBook(), accounts: [{ ...first, equity: stale }, ...rest] }).equity;
  expect(partly).toContainEqual({ total: { value: "9120.00000000", unit: "USDT" }, missing: 2 });
});

test("every sample of activity and story fits the contract and says why", () => {
  const entries = sampleHappenings().map((happening, index) =>
    Activity.parse(viewActivity({ ...happening, seq: index + 1 })),
  );
  expect(entries.map(({ kind }) => kind)).toEqual(["note", "alert", "venue", "plan", "intent", "outcome"]);
  for (const entry of entries.slice(1, 5)) expect(entry.because.join("")).toMatch(/\d/);
  expect(entries.at(-1)).toMatchObject({
    verified: "as-predicted",
    comparisons: [{ predicted: "1.4502", actual: "1.4502" }],
  });
  for (const progress of [-1, 0, 0.5, 2]) Story.parse(viewStory(storyAt(progress)));
  expect(viewStory({ ...storyAt(1), progress: 1.7 }).progress).toBe("1");
});

test("a change names only what changed", async () => {
  const source = scriptedSource();
  const before = Scenery.parse(await readScenery(source));
  expect(changeOf(before, await readScenery(source))).toBeUndefined();
  const [first, ...rest] = sampleBook().accounts;
  if (first === undefined) throw new Error("the sample book is empty");
  source.play({ book: { ...sampleBook(), accounts: [{ ...first, distance: 0.05 }, ...rest] } });
  const change = changeOf(before, await readScenery(source));
  expect(change?.accounts.map(({ account }) => account)).toEqual([first.account]);
  expect(change).not.toHaveProperty("order");
  expect(change).not.toHaveProperty("story");
});

test("each account has the covers of its positions; one in the name of its holding stands for each of its accounts", () => {
  const [bare, ...others] = sampleCoverage();
  if (bare === undefined) throw new Error("the sample has covers");
  const coversOf = (...coverage: Parameters<typeof viewBook>[1][]) =>
    Book.parse(viewBook(sampleBook(), ...coverage)).accounts.map(({ account, covers }) => [account, covers?.length]);
  expect(coversOf([bare, bare, ...others]).slice(0, 4)).toEqual([
    ["cross:USDT", 2],
    ["SOLUSDT:BOTH", 1],
    [expect.stringContaining("0x7a3f"), 0],
    ["ETHUSDT:SHORT", 1],
  ]);
  const blind = { ...bare, account: accountKey("desk") };
  expect(coversOf([blind]).map(([, count]) => count)).toEqual([1, 1, 0, 1, 0, 0]);
  expect(coversOf().map(([, count]) => count)).toEqual(Array.from({ length: 6 }, () => undefined));
});

test("a cover worked out again to the same money is no change; another amount is", async () => {
  const source = scriptedSource();
  source.play({ coverage: sampleCoverage() });
  const before = await readScenery(source);
  source.play({ coverage: sampleCoverage(ms(START + 1_000)) });
  expect(changeOf(before, await readScenery(source))).toBeUndefined();
  const [bare, ...others] = sampleCoverage();
  if (bare === undefined) throw new Error("the sample has covers");
  source.play({ coverage: [{ ...bare, unprotectedMs: ms(1) }, ...others] });
  expect(changeOf(before, await readScenery(source))?.accounts.map(({ account }) => account)).toEqual(["cross:USDT"]);
});

test("a loosening that a person confirmed has its day; one that nobody did has no time at all", () => {
  const { waiting } = Book.parse(viewBook({ ...sampleBook(), waiting: sampleWaiting() }));
  expect(waiting).toMatchObject([
    { guard: "treasury-all", to: "looser", until: { iso: "2025-10-11T21:14:04.000Z" } },
    { guard: "desk-cross:USDT", to: "removed" },
  ]);
  expect(waiting[1]).not.toHaveProperty("until");
  expect(viewBook(sampleBook()).waiting).toEqual([]);
});

test("zero is shown as zero and not left out", () => {
  const equity = { is: "known", value: ZERO, asOf: START, from: "venue" } as const;
  expect(viewAccount({ ...cross, equity }, [], START).equity).toMatchObject({ amount: { value: "0" } });
});
