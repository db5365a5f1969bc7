// Stops that lie at the venue while a drill is played: what wakes them, what loses them, and what they are worth when nobody is left.
import { text, toNumber, trim } from "@plimsoll/core/units";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runDrill } from "./run-drill.ts";
import { drillOf, play, ports } from "./testing/small-drill.ts";
import { asWritten, mirrored } from "./vary.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 8);
const MARK = "binance:BTCUSDT:mark";
const stop = (price: number, kind = "mark", side = "sell") =>
  `{ instrument: BTCUSDT, side: ${side}, size: all, trigger: { price: ${price}, when: ${side === "sell" ? "at-or-below" : "at-or-above"}, kind: ${kind} } }`;
const long = (resting: string, positions = "{ symbol: BTCUSDT, side: long, size: 1, entry: 10000, leverage: 5 }") =>
  `{ name: me, venue: binance, wallet: { USDT: 3000 }, positions: [${positions}], marks: { BTCUSDT: { price: 10000, unit: USDT } }, resting: [${resting}] }`;
const course = (...steps: readonly (readonly [time: string, price: number])[]) =>
  `{ channel: price, of: BTC, quotes: ["${MARK}"], source: assumed, steps: [${steps.map(([time, to]) => `{ at: 2026-01-05T${time}Z, to: ${to} }`).join(", ")}] }`;
/** Falls by a fifth, and stays there. */
const fall = course(["07:00:00", 10_000], ["08:00:00", 8_000]);
const halt = (cancels: string) =>
  `{ channel: venue, venue: binance, function: orders, liquidates: true, ${cancels} source: assumed,
    steps: [{ at: 2026-01-05T07:00:00Z, to: normal }, { at: 2026-01-05T07:10:00Z, to: halted }, { at: 2026-01-05T08:30:00Z, to: normal }] }`;

const alone = (account: string, ...channels: readonly string[]) =>
  play(drillOf(account, channels)).sets[0]!.accounts[0]!;
const seenOf = ({ actions }: ReturnType<typeof alone>) => actions.map(({ what, result }) => `${what}: ${result}`);

test("a stop closes the position when its price comes; without it the same fall is all of it", () => {
  const kept = alone(long(stop(9_000)), fall);
  expect(seenOf(kept)).toEqual(["the venue's stop: sell 1 BTCUSDT: whole"]);
  // bought at 10,000 and sold near 9,000, with half a per mille of it as fee
  expect(toNumber(kept.equityEnd!)).toBeGreaterThan(1_900);
  expect(toNumber(kept.equityEnd!)).toBeLessThan(1_996);
  const bare = alone(long(""), course(["07:00:00", 10_000], ["08:00:00", 6_900]));
  expect([kept.fate, bare.fate, text(trim(bare.equityEnd!))]).toEqual(["survived", "died", "0"]);
});

test.each([
  ["last", "misfired", 1],
  ["mark", "survived", 0],
] as const)("a print that the mark does not follow: a stop on %s has %s", (kind, fate, woken) => {
  const print = `{ channel: price, of: last, quotes: ["binance:BTCUSDT:last"], source: assumed,
    steps: [{ at: 2026-01-05T07:00:00Z, to: 10000 }, { at: 2026-01-05T07:30:00Z, to: 9650, durationSeconds: 2 }, { at: 2026-01-05T08:00:00Z, to: 10000 }] }`;
  const account = alone(long(stop(9_700, kind)), course(["07:00:00", 10_000]), print);
  expect([account.fate, account.actions.length]).toEqual([fate, woken]);
});

test("in hedge mode a stop of the long leaves the short, and the mirror is the other way round", () => {
  const both = `{ symbol: BTCUSDT, side: long, size: 1, entry: 10000, leverage: 5 }, { symbol: BTCUSDT, side: short, size: 0.4, entry: 10000, leverage: 5 }`;
  const drill = drillOf(long(stop(9_000), both).replace("wallet", "mode: hedge, wallet"), [fall]);
  const [account] = play(drill).sets[0]!.accounts;
  expect(seenOf(account!)).toEqual(["the venue's stop: sell 1 BTCUSDT: whole"]);
  // the long lost 1,000, and the short has won 800 on each of 0.4 since, 400 of it before
  expect(toNumber(account!.equityEnd!)).toBeGreaterThan(2_700);
  expect(toNumber(account!.equityEnd!)).toBeLessThan(2_800);
  const [other] = play(drill, mirrored(drill)).sets[0]!.accounts;
  expect(seenOf(other!)).toEqual(["the venue's stop: buy 1 BTCUSDT: whole"]);
});

test("a halt keeps what lies there, unless it is said to lose it", () => {
  const further = course(["07:00:00", 10_000], ["08:00:00", 6_900]);
  const [kept, lost] = ["", "cancels: assumed,"].map((cancels) => alone(long(stop(9_000)), further, halt(cancels)));
  expect([kept!.fate, lost!.fate]).toEqual(["survived", "died"]);
  expect([kept!.actions.length, lost!.actions.length]).toEqual([1, 0]);
});

test.each([
  [
    "stops-not-played",
    `{ name: me, venue: bybit, balances: { USDC: 3000 }, positions: [{ symbol: BTCPERP, side: long, size: 1, entry: 10000, leverage: 5 }],
     marks: { BTCPERP: { price: 10000, unit: USDC } }, indexes: { USDC: { price: 1, unit: USD } },
     resting: [{ instrument: BTCPERP, side: sell, size: all, trigger: { price: 9000, when: at-or-below } }] }`,
  ],
  ["stop-already-reached", long(stop(10_000))],
  ["stop-of-nothing", long(stop(9_000).replace("BTCUSDT", "ETHUSDT"))],
  ["no-trigger", long("{ instrument: BTCUSDT, side: sell, size: 1, limit: 11000 }")],
] as const)("%s: refused before anything is played", (code, account) => {
  expect(runDrill(asWritten(drillOf(account, [fall])), ports)).toMatchObject({ failure: { code: `drill/${code}` } });
});

describe("the keeper dies in the crash", () => {
  const guard = `{ id: standing, scope: { holding: me }, trigger: { when: health, line: maintenance, below: 1.05, release: 1.1, urgent: 1.02 },
    target: { want: notice }, ladder: [], stops: [{ instrument: BTCUSDT, kind: mark, place: { before: 0.1 } }] }`;
  const dying = (diesAt: string, ...channels: readonly string[]) => {
    const sets = `guardSets: [{ name: dies, guards: [${guard}], diesAt: 2026-01-05T${diesAt}Z }]`;
    const [account] = play(drillOf(long(""), channels, sets)).sets[1]!.accounts;
    const { is, lost, most } = account!.left!;
    return { is, lost: toNumber(lost), most: toNumber(most!), fate: account!.fate };
  };
  const minute = (at: number) => `07:${String(at).padStart(2, "0")}:00`;

  test("wherever it dies and however far it falls, the loss stays within the bound that it printed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 5_000, max: 9_500 }), (diesAt, low) => {
        const { is, lost, most, fate } = dying(minute(diesAt), course(["07:00:00", 10_000], ["07:55:00", low]));
        expect([is, fate]).toEqual(["within", "survived"]);
        expect(lost).toBeLessThanOrEqual(most);
      }),
      { numRuns: runs },
    );
  });

  // the stop lies near 7,740, a tenth before the liquidation: 5 % through it is 7,353
  test.each([
    [7_500, "within"],
    [7_200, "exceeded"],
    [6_000, "exceeded"],
  ] as const)("the price jumps to %d at once: %s", (low, is) => {
    const jump = `{ channel: price, of: BTC, quotes: ["${MARK}"], source: assumed, hold: true,
      steps: [{ at: 2026-01-05T07:00:00Z, to: 10000 }, { at: 2026-01-05T07:30:00Z, to: ${low} }] }`;
    const left = dying(minute(20), jump);
    expect(left.is).toBe(is);
    if (is === "within") expect(left.lost).toBeLessThanOrEqual(left.most);
    else expect(left.lost).toBeGreaterThan(left.most);
  });

  test("what nothing covers is told so", () => {
    const idle = guard.replace(/stops: .*\]/, "stops: []");
    const sets = `guardSets: [{ name: dies, guards: [${idle}], diesAt: 2026-01-05T07:20:00Z }]`;
    expect(play(drillOf(long(""), [fall], sets)).sets[1]!.accounts[0]!.left).toMatchObject({ is: "bare" });
  });
});
