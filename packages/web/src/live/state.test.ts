import type { Book, Frame, Scenery } from "@plimsoll/server/contract";
import { changeOf, readScenery } from "@plimsoll/server/view";
import { scriptedSource } from "@plimsoll/server/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyChange, applyFrame, atStart, carriesToken, takeToken, viewPresence } from "./index.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const first = await readScenery(scriptedSource());
const at = { iso: "2025-10-10T21:14:05.000Z", ms: 0 };
const stamp = { session: "s", at, quietMs: 0 };
const snapshot = (seq: number, scenery: Scenery = first): Frame => ({
  type: "snapshot",
  ...stamp,
  seq,
  staleAfterMs: 10_000,
  heartbeatMs: 2_000,
  scenery,
});
const delta = (seq: number, change = { accounts: [], activity: [] }): Frame => ({
  type: "delta",
  ...stamp,
  seq,
  change,
});

/** Any scenery that a source could show next: accounts gone, come, reordered and changed, with or without a story. */
const sceneries = fc
  .record({
    accounts: fc.shuffledSubarray(first.book.accounts),
    stale: fc.boolean(),
    mode: fc.constantFrom<Book["mode"]>("armed", "shadow"),
    entries: fc.nat(5),
  })
  .map(({ accounts, stale, mode, entries }): Scenery => ({
    ...first,
    book: { ...first.book, mode, accounts: accounts.map((account) => ({ ...account, stale })) },
    activity: Array.from({ length: entries }, (_, index) => ({
      seq: entries - index,
      at,
      kind: "note",
      title: `n${entries - index}`,
      because: [],
      comparisons: [],
      alternatives: [],
    })),
  }));

test("folding what changed gives what the server shows, whatever came before", () => {
  fc.assert(
    fc.property(fc.array(sceneries, { minLength: 2, maxLength: 6 }), (steps) => {
      const growing = steps.toSorted((a, b) => a.activity.length - b.activity.length); // a journal only grows
      let [shown] = growing;
      for (const [index, next] of growing.slice(1).entries()) {
        const change = changeOf(growing[index] ?? next, next);
        if (shown !== undefined && change !== undefined) shown = applyChange(shown, change);
        expect(shown).toEqual(next);
      }
    }),
    { numRuns },
  );
});

test("a delta out of order, twice, or before the snapshot is refused; a heartbeat shows a gap", () => {
  const start = atStart(0);
  expect(applyFrame(start, delta(1), 0)).toBeUndefined();
  const state = applyFrame(start, snapshot(7), 5);
  if (state === undefined) throw new Error("a snapshot is always taken");
  expect(applyFrame(state, delta(7), 6)).toBeUndefined();
  expect(applyFrame(state, delta(9), 6)).toBeUndefined();
  expect(applyFrame(state, delta(8), 6)).toMatchObject({ seq: 8, heardAt: 6, link: "open" });
  expect(applyFrame(state, { type: "heartbeat", ...stamp, seq: 9 }, 6)).toBeUndefined();
  expect(applyFrame(state, { type: "dropped", ...stamp, seq: 9, frames: 3 }, 6)).toMatchObject({ dropped: 3, seq: 7 });
});

test("trails grow with the book's time and start anew when it goes back", () => {
  const later = (shift: number): Scenery => ({
    ...first,
    book: { ...first.book, at: { ...at, ms: first.book.at.ms + shift } },
  });
  let state = applyFrame(atStart(0), snapshot(1), 0);
  for (const shift of [1_000, 1_000, 2_000]) state = state && applyFrame(state, snapshot(1, later(shift)), 0);
  const key = first.book.accounts[0]?.key ?? "";
  expect(state?.trails[key]?.map((point) => point.at - first.book.at.ms)).toEqual([0, 1_000, 2_000]);
  const [account, ...others] = first.book.accounts;
  if (account?.liquidation.is !== "price") throw new Error("the worst sample account has a price");
  const moved = {
    ...account,
    liquidation: { ...account.liquidation, nearest: { ...account.liquidation.nearest, quote: "a:OTHER:mark" } },
  };
  const other = { ...later(3_000), book: { ...later(3_000).book, accounts: [moved, ...others] } };
  expect(state && applyFrame(state, snapshot(1, other), 0)?.trails[key]).toMatchObject([{ quote: "a:OTHER:mark" }]);
  state = state && applyFrame(state, snapshot(1, later(-60_000)), 0);
  expect(state?.trails[key]).toHaveLength(1);
});

test("a trail has the price's boundary alone, the one of a common move, or both; none where no price takes it", () => {
  const [account] = first.book.accounts;
  if (account === undefined) throw new Error("the sample has accounts");
  const eth = { quote: "a:ETH:mark", kind: "mark", now: "100", price: "70", move: "-0.3" } as const;
  const together = { points: [eth, { ...eth, quote: "a:BTC:mark" }], move: "-0.3" };
  const nearest = { ...eth, price: "40", move: "-0.6" };
  const trailOf = (liquidation: typeof account.liquidation) => {
    const book = { ...first.book, accounts: [{ ...account, liquidation }] };
    return applyFrame(atStart(0), snapshot(1, { ...first, book }), 0)?.trails[account.key];
  };
  const reading = { quote: "a:ETH:mark", at: first.book.at.ms, now: "100" };
  expect(trailOf({ is: "price", nearest, others: [] })).toEqual([{ ...reading, alone: "40" }]);
  expect(trailOf({ is: "price", nearest, others: [], together })).toEqual([
    { ...reading, alone: "40", together: "70" },
  ]);
  expect(trailOf({ is: "together", together })).toEqual([{ ...reading, together: "70" }]);
  expect(trailOf({ is: "none", why: { code: "no-debt", facts: {} } })).toBeUndefined();
});

// heartbeat 2 s: offline after three; source stale after 10 s; a story that ended is not stale
test.each([
  ["fresh", 1_000, 0, undefined, "live", false],
  ["one heartbeat late does not flicker", 5_999, 0, undefined, "live", false],
  ["three heartbeats missed", 6_001, 0, undefined, "offline", true],
  ["source silent", 1_000, 9_001, undefined, "stale", true],
  ["source silent, just within", 1_000, 9_000, undefined, "live", false],
  ["ended", 1_000, 90_000, "finished", "finished", false],
  ["ended and server gone", 7_000, 90_000, "finished", "offline", true],
  ["story still running but silent", 1_000, 90_000, "guards-on", "stale", true],
] as const)("presence: %s", (_case, silentMs, quietMs, phase, word, stale) => {
  const story = { title: "", progress: "0", clock: at, speed: "1", now: "", runs: [] };
  const scenery = phase === undefined ? first : { ...first, story: { ...story, phase } };
  const state = { ...atStart(0), scenery, quietMs };
  expect(viewPresence(state, silentMs)).toMatchObject({ word, stale, ageMs: quietMs + silentMs });
});

test("before the first snapshot nothing is said to be live", () => {
  expect(viewPresence(atStart(0), 60_000).word).toBe("connecting");
});

test("the token goes from the fragment to this tab's storage and out of the address", () => {
  const stored = new Map<string, string>();
  const replaced: unknown[] = [];
  const place = (hash: string) => ({
    location: { hash, pathname: "/" },
    storage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    },
    history: { replaceState: (...call: unknown[]) => void replaced.push(call) },
  });
  expect(takeToken(place("#/positions"))).toBeUndefined();
  expect(takeToken(place("#token=abc"))).toBe("abc");
  expect(replaced).toEqual([[null, "", "/"]]);
  expect(takeToken(place("#/positions"))).toBe("abc");
  expect(carriesToken("#/token=")).toBe(false);
});
