import { type Account, type Book, Book as BookShape } from "@plimsoll/server/contract";
import { dec, quoteKey } from "@plimsoll/core/units";
import { START, sampleBook, sampleGuard, sampleHappenings, storyAt } from "@plimsoll/server/testing";
import { viewActivity, viewBook, viewStory as storyOf } from "@plimsoll/server/view";
import { expect, test } from "vitest";
import { viewAccountRow } from "./view-account.ts";
import { viewBar } from "./view-bar.ts";
import { viewLevels } from "./view-levels.ts";
import { viewEntry } from "./view-entry.ts";
import { viewStatus } from "./view-status.ts";
import { viewRuns, viewStory } from "./view-story.ts";
import { countDangers, viewTiles } from "./view-tiles.ts";

const book: Book = BookShape.parse(viewBook(sampleBook()));
const live = { at: book.at, ageMs: 0, stale: false };
const plain = (text: string | undefined) => text?.replaceAll("\u202f", " ");
const rows = (of: Book = book, reading = live) => of.accounts.map((account) => viewAccountRow(account, reading));
const named = (danger: Account["danger"]): Account => {
  const found = book.accounts.find((account) => account.danger === danger);
  if (found === undefined) throw new Error(`no sample account in ${danger}`);
  return found;
};

const lines = (row: { readonly liquidation: readonly string[] }) => row.liquidation.map(plain);
test("a row says every boundary with its price kind, the price now, and its age", () => {
  const row = viewAccountRow(named("act"), live);
  expect(lines(row)).toEqual(["WETH oracle 3 264.4 (−14%)", "USDC oracle 1.1676 (+16%)"]);
  expect(plain(row.price)).toBe("WETH oracle now 3 812.4");
  expect([row.age, row.stale, row.danger, row.coverageText]).toEqual(["2 s", false, "act", "armed guard"]);
});

const eth = { quote: "a:ETH:mark", kind: "mark", now: "100", price: "70", move: "-0.3" } as const;
const together = { points: [eth, { ...eth, quote: "a:BTC:mark" }], move: "-0.3" };
const far = { ...eth, price: "40", move: "-0.6" };

// oxfmt-ignore
test.each<readonly [string, Account["liquidation"], readonly string[], string | undefined]>([
  ["a common move comes first",     { is: "price", nearest: far, others: [], together },                          ["ETH and BTC together −30%", "ETH mark 40 (−60%)"],               "ETH mark now 100"],
  ["both directions, and others",   { is: "both", down: far, up: { ...eth, price: "150", move: "0.5" }, others: [{ ...far, quote: "a:SOL:mark" }], together }, ["ETH and BTC together −30%", "ETH mark 40 (−60%) or 150 (+50%)", "SOL mark 40 (−60%)"], "ETH mark now 100"],
  ["only all together",             { is: "together", together },                                                 ["ETH and BTC together −30%"],                                     "no price alone takes it"],
  ["none",                          { is: "none", why: { code: "no-debt", facts: {} } },                          ["none"],                                                          undefined],
  ["beyond the line",               { is: "already-below", why: { code: "x", facts: {} } },                       ["already below"],                                                 undefined],
])("a row's liquidation: %s", (_case, liquidation, wanted, price) => {
  const row = viewAccountRow({ ...named("act"), liquidation }, live);
  expect([lines(row), plain(row.price)]).toEqual([wanted, price]);
});

test("an unknown account shows no figure that could be read as none or 0", () => {
  const row = viewAccountRow(named("unknown"), live);
  expect([row.health, row.used, row.headroom, row.equity]).toEqual(["unknown", "unknown", "unknown", "unknown"]);
  expect(row.liquidation).toEqual([expect.stringContaining("no mark price of SOLUSDT")]);
  expect(row.age).toBe("41 s, stale");
});

test("when nothing can be trusted, nobody is safe and nobody in danger is called better", () => {
  const words = rows(book, { ...live, ageMs: 60_000, stale: true }).map(({ danger }) => danger);
  expect(words).toEqual(["danger", "unknown", "unknown", "unknown", "unknown", "unknown"]);
  expect(rows(book, { ...live, ageMs: 60_000, stale: true }).at(-1)?.because).toBe(
    "figures are 1 min old; last known as safe",
  );
  expect(viewStatus({ ...book, danger: "safe" }, true).danger).toBe("unknown");
  expect(viewStatus({ ...book, danger: "danger" }, true).danger).toBe("danger");
});

const holdings = ["desk", "treasury", "savings", "idle"];
const guarded = (mode: "armed" | "shadow", house: Book["house"] = "armed") => {
  const guards = holdings.map((holding) => sampleGuard(mode, holding));
  return viewStatus(viewBook({ ...sampleBook(START, guards), mode: house }), false);
};
test("shadow is said to protect nobody; so is every account without an armed guard", () => {
  expect(guarded("shadow")).toMatchObject({ acts: false, warning: expect.stringContaining("protects nobody") });
  expect(guarded("armed")).toMatchObject({ acts: true, warning: undefined });
  expect(viewStatus(book, false).warning).toBe("5 of 6 accounts have no armed guard. Shadow protects nobody.");
});

// what the house may do, whatever its guards say; only what is sent may look calm
test.each([
  ["armed", "armed", "armed", true],
  ["shadow", "armed", "armed, but no guard is", false],
  ["armed", "shadow", "shadow: nothing is sent, nobody is protected", false],
  ["armed", "reduce-only", "reduce-only", true],
  ["armed", "halted", "halted", false],
] as const)("guards %s in a house that is %s", (mode, house, pill, acts) => {
  expect(guarded(mode, house)).toMatchObject({ pill, acts });
  if (house === "halted") expect(guarded(mode, house).warning).toContain("nobody is protected");
});

// a bar may look fuller than the account, never emptier, and never on the wrong side of its line
test.each([
  ["empty", "0", "act", "min(0.00%, calc(80% - 2px))", false],
  ["half", "0.5", "act", "min(40.00%, calc(80% - 2px))", false],
  ["a hair short of the line", "0.999999", "danger", "min(80.00%, calc(80% - 2px))", false],
  ["a hair beyond", "1.000001", "liquidatable", "max(80.00%, calc(80% + 2px))", true],
  ["far beyond stays in the picture", "7", "liquidatable", "max(100.00%, calc(80% + 2px))", true],
  ["taken by word, whatever the share", "0.5", "liquidatable", "max(40.00%, calc(80% + 2px))", true],
] as const)("bar: %s", (_case, used, danger, fill, beyond) => {
  expect(viewBar({ ...named("act"), used, danger }, [])).toMatchObject({ fill, beyond });
});

test("an unknown account has an empty bar without a fill; guards stand as notches by their trigger", () => {
  expect(viewBar(named("unknown"), book.guards).fill).toBeUndefined();
  // health 1.20 is 1 / 1.20 = 83.33 % of the margin used, 66.67 % of the bar's width
  expect(viewBar(named("danger"), book.guards).notches).toEqual([
    { name: "keep desk", mode: "shadow", at: "min(66.67%, calc(80% - 2px))" },
  ]);
});

test("a guard on a price stands in the chart of that price only", () => {
  const guard = sampleGuard("armed", "desk");
  const trigger = {
    when: "price",
    quote: quoteKey("binance:BTCUSDT:mark"),
    kind: "mark",
    side: "at-or-below",
    at: dec("108000"),
  } as const;
  const { guards } = viewBook(sampleBook(START, [guard, { ...guard, id: "stop", trigger }]));
  expect(viewLevels(guards, "binance:BTCUSDT:mark")).toEqual([{ at: "108000", title: "keep desk (armed)" }]);
  expect(viewLevels(guards, "binance:ETHUSDT:mark")).toEqual([]);
});

test("tiles: sums per unit with what they leave out, the nearest line, what is not protected", () => {
  const [equity, nearest, guarded] = viewTiles(book, rows());
  expect(equity?.value.map(plain)).toEqual(["27 360.35 USDT", "435 241.70 USD"]);
  expect(equity?.note).toBe("without 1 account whose equity is not known");
  expect(nearest).toMatchObject({ value: ["6.6% away"], tone: "danger" });
  expect(plain(nearest?.note)).toBe("desk, cross USDT on binance, 1 335.24 USDT of headroom");
  expect(guarded).toMatchObject({ value: ["1 of 6"], note: "not protected: 1 in shadow only, 4 without a guard" });
});

test("tiles of an account beyond its line, of an unknown book and of an empty one", () => {
  const taken = {
    ...book,
    accounts: [{ ...named("danger"), liquidation: { is: "already-below", why: { code: "x", facts: {} } } as const }],
  };
  expect(viewTiles(taken, rows(taken))[1]).toMatchObject({ value: ["already below"], tone: "liquidatable" });
  const dark = viewBook({
    ...sampleBook(),
    accounts: sampleBook().accounts.filter(({ danger }) => danger === "unknown"),
  });
  expect(viewTiles(dark, rows(dark))[0]?.value).toEqual(["unknown"]);
  const empty = viewBook({ ...sampleBook(), accounts: [] });
  expect(viewTiles(empty, []).map(({ value }) => value)).toEqual([["no accounts"], ["none"], ["0 of 0"]]);
});

test("danger words are counted worst first", () => {
  expect(countDangers(rows()).map(({ danger, count }) => `${count} ${danger}`)).toEqual([
    "1 danger",
    "1 unknown",
    "1 act",
    "1 watch",
    "2 safe",
  ]);
});

test("the story's steps follow its phase; a figure that is not yet there is never 0", () => {
  const steps = (progress: number) => viewStory(storyOf(storyAt(progress))).steps.map(({ state }) => state);
  expect([steps(0.2), steps(0.7), steps(1)]).toEqual([
    ["running", "waiting"],
    ["done", "running"],
    ["done", "done"],
  ]);
  const runs = viewRuns(storyOf(storyAt(0.2)).runs);
  expect(runs.rows.map(({ cells }) => cells[1])).toEqual(Array.from({ length: 5 }, () => "not yet"));
  expect(runs.rows.map(({ cells }) => plain(cells[0]))).toContain("84 210.44 USD");
});

test("an outcome shows predicted against actual, and what differs is not calm", () => {
  const happening = sampleHappenings().at(-1);
  if (happening === undefined) throw new Error("the sample has an outcome");
  const entry = viewActivity({ ...happening, seq: 6 });
  expect(viewEntry(entry)).toMatchObject({
    tone: "safe",
    verdict: "as predicted",
    comparisons: [{ predicted: "1.450", actual: "1.450" }],
  });
  expect(viewEntry({ ...entry, verified: "differs" })).toMatchObject({
    tone: "unknown",
    verdict: "differs from the prediction",
  });
  const unread = { ...entry, comparisons: [{ what: "health", predicted: "1.45" }] };
  expect(viewEntry(unread).comparisons[0]?.actual).toBe("not yet read");
  expect(viewEntry({ ...entry, state: "refused" }).tone).toBe("act");
});
