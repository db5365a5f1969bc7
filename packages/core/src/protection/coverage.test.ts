import fc from "fast-check";
import type { Resting } from "@plimsoll/core/book";
import { type PerpHolding, lyingStop, perpGround, pool } from "@plimsoll/core/protection/testing";
import { boundToy, toyGuard, toyHolding, toyScene } from "@plimsoll/core/turn/testing";
import { accountKey, compare, dec, exact, known, ms, text, trim, unknown, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { bookCoverage } from "./book-coverage.ts";
import { type Circumstances, type Cover, type Permission, coverDefaults } from "./cover.ts";
import { coverageOf } from "./coverage-of.ts";
import { judgeGap, sayBound } from "./gap-bound.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const calm: Circumstances = { isSeenSince: true, deadMan: "off", permissions: [], guards: [] };
/** Long one BTC from 10,000 with 2,000: taken at 8421.05; a short of the same size at 11428.57. */
const holds = (orders: readonly Resting[] | "unread", size = "1"): PerpHolding => ({
  cash: dec("2000"),
  positions: { BTC: { size: dec(size), entry: dec("10000") } },
  ...(orders !== "unread" && { orders }),
});
const cover = (body: PerpHolding, around: Partial<Circumstances> = {}): Cover => {
  const [only] = coverageOf(perpGround(body, { BTC: "10000" }), pool, { ...calm, ...around });
  return only!;
};
const risk = ({ atRisk }: Cover) => (atRisk.is === "known" ? text(trim(atRisk.value)) : atRisk.is);
const codes = ({ notBy }: Cover) => notBy.map(({ code }) => code.replace("cover/", ""));

// source: loss = size * (10,000 - worst price) + 0.05 % of what is filled, worked by hand; worst price = trigger -+ 5 %
// oxfmt-ignore
test.each([
  ["a long: 9500 -> 9025, 975 and a fee of 4.5125",          "1",  [lyingStop({ at: "9500" })],                    "979.5125"],
  ["a short: 10500 -> 11025, 1025 and a fee of 5.5125",      "-1", [lyingStop({ at: "10500", side: "buy" })],      "1030.5125"],
  ["a gap that reaches the liquidation costs all",           "1",  [lyingStop({ at: "8800" })],                    "2000"],
  ["two halves: the one that wakes last decides",            "1",  [lyingStop({ at: "9700", size: dec("0.5") }), lyingStop({ at: "9500", size: dec("0.5") })], "979.5125"],
  ["more than enough: the first suffices",                   "1",  [lyingStop({ at: "9500" }), lyingStop({ at: "9000" })], "979.5125"],
  ["the owner's own stop protects as well",                  "1",  [lyingStop({ at: "9500", reference: "mine" })], "979.5125"],
  ["a limit beyond the gap",                                 "1",  [lyingStop({ at: "9500", limit: dec("9025") })], "979.5125"],
] as const)("covered: %s", (_case, size, orders, expected) => {
  const covered = cover(holds(orders, size));
  expect(risk(covered)).toBe(expected);
  expect(covered).toMatchObject({ unprotectedMs: 0, unit: "USD", instrument: "BTC" });
});

// source: what counts as nothing, rule by rule; then all that the account has can be lost until a person comes
// oxfmt-ignore
test.each([
  ["no stop",                       [],                                                      {}, "no-stop"],
  ["for a part only",               [lyingStop({ at: "9500", size: dec("0.9") })],           {}, "part-only"],
  ["beyond the liquidation",        [lyingStop({ at: "8400" })],                             {}, "beyond-liquidation"],
  ["of the last price",             [lyingStop({ at: "9500", kind: "last" })],               {}, "wakes-on-last-price"],
  ["a price that is not kept",      [lyingStop({ at: "9500", kind: "index" })],              {}, "price-not-followed"],
  ["a limit inside the gap",        [lyingStop({ at: "9500", limit: dec("9026") })],         {}, "limit-inside-gap"],
  ["an order that may also open",   [lyingStop({ at: "9500", reduceOnly: false })],          {}, "no-stop"],
  ["a take-profit",                 [{ ...lyingStop({ at: "11000" }), trigger: { kind: "mark", when: "at-or-above", at: dec("11000") } }], {}, "no-stop"],
  ["of another instrument",         [lyingStop({ at: "400", instrument: "ETH" })],           {}, "no-stop"],
  ["of the other side",             [lyingStop({ at: "10500", side: "buy" })],               {}, "no-stop"],
  ["orders were not read",          "unread",                                                {}, "orders-unknown"],
  ["the venue stands still",        [lyingStop({ at: "9500" })],         { orders: "halted" }, "venue-stopped"],
  ["not seen since it stood still", [lyingStop({ at: "9500" })],        { isSeenSince: false }, "not-seen-since-halt"],
  ["a timer cancels it",            [lyingStop({ at: "9500" })],        { deadMan: "armed" }, "dead-man-armed"],
] as const)("nothing: %s", (_case, orders, around, code) => {
  const bare = cover(holds(orders), around);
  expect(codes(bare)).toContain(code);
  expect(bare).toMatchObject({ by: [], unprotectedMs: coverDefaults.personMs });
  expect(risk(bare)).toBe("2000");
});

test("where the venue does not tell of its timer the cover says what it takes for granted", () => {
  const stops = holds([lyingStop({ at: "9500" })]);
  expect(cover(stops, { deadMan: "unknown" })).toMatchObject({
    unprotectedMs: 0,
    assumes: [{ code: "cover/timer-unknown" }],
  });
  expect(cover(stops).assumes).toEqual([]);
});

test("guards protect from this machine only, in shadow not at all; what the shell knows is said too", () => {
  const guards = [toyGuard({ id: "a" }), toyGuard({ id: "s", mode: "shadow" })];
  const others = [why("keeper/waits-for-passphrase")];
  expect(codes(cover(holds([]), { guards, others }))).toEqual([
    ...["no-stop", "needs-this-machine", "shadow-protects-nobody", "keeper/waits-for-passphrase"],
  ]);
});

const loan = { wallet: 0n, loans: { a: { coin: "COIN", coins: 10n ** 9n, debt: 5_000_000_000n } } };
const onChain = (permission: Partial<Permission>) => {
  const [now, day] = [100 * 86_400_000, 86_400_000];
  const plain = {
    account: accountKey("a"),
    executor: "0xbot",
    isOwners: false,
    provedAt: ms(now - day),
    expires: ms(now + day),
  };
  const ground = {
    engine: { ...boundToy, levers: () => [] },
    holding: toyHolding(loan, now),
    scene: toyScene({ COIN: dec("740") }, now),
  };
  const [only] = coverageOf(ground, accountKey("a"), { ...calm, permissions: [{ ...plain, ...permission }] });
  return only!;
};
test("a permission counts while somebody else's executor has proved itself, and no longer", () => {
  expect(onChain({})).toMatchObject({ by: [{ is: "permission", executor: "0xbot" }], unprotectedMs: 0 });
  expect(codes(onChain({ isOwners: true }))).toContain("executor-is-yours");
  expect(codes(onChain({ provedAt: ms(0) }))).toContain("executor-not-proved");
  expect(codes(onChain({ expires: ms(100 * 86_400_000) }))).toContain("permission-ended");
  expect(codes(onChain({ account: accountKey("b") }))).toEqual(["nothing-lies-there"]);
  expect(onChain({ provedAt: ms(0) })).toMatchObject({ by: [], unprotectedMs: 86_400_000 });
});

test("nothing to liquidate needs no cover", () => {
  const ground = perpGround({ cash: dec("5"), positions: {} }, {});
  expect(coverageOf(ground, pool, calm)).toEqual([]);
});

test("an account that cannot be assessed is not covered, and what can be lost is not known", () => {
  const [blind] = coverageOf(perpGround(holds([lyingStop({ at: "9500" })]), {}), pool, calm);
  expect(blind).toMatchObject({ by: [], atRisk: { is: "unknown" }, notBy: [{ code: "quote-missing" }] });
});

test("the book: bare accounts stand with all they have, covered positions with their bounds, unknown stays unknown", () => {
  const [covered, bare] = [cover(holds([lyingStop({ at: "9500" })])), cover(holds([]))];
  const other = { ...bare, account: accountKey("other") };
  const book = bookCoverage([covered, { ...covered, instrument: "X" }, other]);
  expect(book).toMatchObject({ positions: 3, covered: 2, unprotectedMs: 86_400_000 });
  expect(risk({ ...covered, atRisk: book.atRisk.get(covered.unit)! })).toBe("3959.025");
  const blind = { ...other, account: accountKey("blind"), atRisk: unknown(why("x")) };
  expect(bookCoverage([covered, blind]).atRisk.get(covered.unit)).toMatchObject({ is: "unknown" });
  const mixed = bookCoverage([covered, { ...bare, instrument: "ETH" }]);
  expect(mixed.atRisk.get(covered.unit)).toEqual(known(dec("2000"), ms(1)));
});

test("the bound is said with what it holds for", () => {
  const { bound, unit } = cover(holds([lyingStop({ at: "9500" })]));
  expect(sayBound({ unit }, bound!)).toBe(
    "loss at most 979.5125 USD for a gap of 5 % through the trigger at 9500; beyond that the bound is exceeded",
  );
  const all = cover(holds([lyingStop({ at: "8800" })]));
  expect(sayBound(all, all.bound!)).toContain("all that the account has");
});

test("a price within the gap never loses more than the bound, and a price beyond it says so", () => {
  const [trigger, tenths] = [fc.integer({ min: 8_500, max: 9_900 }), fc.integer({ min: -200, max: 100 })];
  fc.assert(
    fc.property(trigger, tenths, fc.boolean(), (at, tenth, isShort) => {
      const level = isShort ? 20_000 - at : at;
      const stop = lyingStop({ at: `${level}`, side: isShort ? "buy" : "sell" });
      const { bound } = cover(holds([stop], isShort ? "-1" : "1"));
      if (bound === undefined || bound.loss.is !== "known") return;
      const fill = exact(BigInt(level * 1_000 + (isShort ? -tenth : tenth) * level), 3);
      const gone = isShort ? compare(fill, dec("10000")) > 0 : compare(fill, dec("10000")) < 0;
      if (!gone) return;
      const away = Math.abs(Number(text(fill)) - 10_000) + Number(text(fill)) * 0.0005;
      const verdict = judgeGap(bound, fill);
      expect(verdict).toBe(tenth < -50 ? "exceeded" : "within");
      if (verdict === "within")
        expect(Math.min(away, 2_000)).toBeLessThanOrEqual(Number(text(bound.loss.value)) + 1e-6);
    }),
    { numRuns },
  );
});
