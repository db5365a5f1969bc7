import type { Resting, VenueEffect } from "@plimsoll/core/book";
import { type PerpHolding, lyingStop, perpGround, perpHolding, pool } from "@plimsoll/core/protection/testing";
import { boundToy, toyHolding, toyScene } from "@plimsoll/core/turn/testing";
import { accountKey, assetId, dec, holdingId, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type Between, type EffectEvent, explainChange } from "./explain-change.ts";
import { foundAgain } from "./recovery.ts";

const marks = { BTC: "9000", ETH: "500" };
type Sizes = Readonly<Record<string, string>>;
const holds = (sizes: Sizes, orders: PerpHolding["orders"] = [], cash = "5000"): PerpHolding => ({
  cash: dec(cash),
  orders,
  positions: Object.fromEntries(
    Object.entries(sizes)
      .filter(([, size]) => size !== "0")
      .map(([name, size]) => [name, { size: dec(size), entry: dec("9000") }]),
  ),
});
const at = (body: PerpHolding) => perpGround(body, marks);
const event = (was: VenueEffect["was"], instrument: string, size: string): EffectEvent => ({
  ...{ type: "effect", holding: holdingId("perp:me"), effect: { was, body: { instrument, size: dec(size) } } },
  ...{ taken: [{ asset: assetId("USD"), amount: dec("12.5") }], fee: [], text: "", at: ms(1) },
});
const quiet: Between = { effects: [], deeds: [], isWatched: true };
const sold = {
  account: pool,
  action: { do: "order", instrument: "BTC", side: "sell", size: dec("1"), limit: dec("9000"), reduceOnly: true },
} as const;
const explain = (from: Sizes, to: Sizes, between: Partial<Between> = {}) =>
  explainChange(at(holds(from)), at(holds(to)), { ...quiet, ...between }).map(
    ({ what, instrument }) => `${instrument} ${what}`,
  );

// source: what the venue reports, what we did and what lay there, worked by hand
// oxfmt-ignore
test.each([
  ["nothing",                                    { BTC: "2" }, { BTC: "2" },  {},                                              []],
  ["the owner's hand",                           { BTC: "2" }, { BTC: "3" },  {},                                              ["BTC manual"]],
  ["a new position",                             {},           { ETH: "3" },  {},                                              ["ETH manual"]],
  ["our order",                                  { BTC: "2" }, { BTC: "1" },  { deeds: [sold] },                               ["BTC own-action"]],
  ["our order of another instrument",            { ETH: "2" }, { ETH: "1" },  { deeds: [sold] },                               ["ETH manual"]],
  ["a liquidation in part",                      { BTC: "2" }, { BTC: "1" },  { effects: [event("liquidation", "BTC", "-1")] }, ["BTC partial-liquidation"]],
  ["a liquidation of all",                       { BTC: "2" }, {},            { effects: [event("liquidation", "BTC", "-2")] }, ["BTC liquidation"]],
  ["deleveraging, and a sale by hand beside it", { BTC: "2", ETH: "5" }, { BTC: "1", ETH: "4" }, { effects: [event("adl", "BTC", "-1")] }, ["BTC adl", "ETH manual"]],
  ["of which nobody can say what it was about",  { BTC: "2" }, { BTC: "1" },  { effects: [event("settlement", "BTC", "-1")] }, ["BTC settlement"]],
  ["funding moves no position",                  { BTC: "2" }, { BTC: "1" },  { effects: [event("funding", "BTC", "-1")] },    ["undefined funding", "BTC manual"]],
  ["nobody watched",                             { BTC: "2" }, { BTC: "1" },  { isWatched: false },                            ["BTC unexplained"]],
] as const)("%s", (_case, from, to, between, expected) => {
  expect(explain(from, to, between)).toEqual(expected);
});

test("a stop of ours that lies there no more explains what it closed; the owner's does not", () => {
  const run = (reference: string, size: Resting["size"] = "all", left = "0") => {
    const before = at(holds({ BTC: "2" }, [lyingStop({ at: "8000", order: "7", reference, size })]));
    return explainChange(before, at(holds({ BTC: left })), quiet).map(({ what }) => what);
  };
  expect(run("ps.BTC.1")).toEqual(["own-stop"]);
  expect(run("mine")).toEqual(["manual"]);
  expect(run("ps.BTC.1", dec("1.5"), "0.5")).toEqual(["own-stop"]);
  expect(run("ps.BTC.1", "all", "0.5")).toEqual(["manual"]); // it would have closed all: it was taken away, and some was sold
});

test("it is said with the numbers", () => {
  const between = { ...quiet, effects: [event("adl", "BTC", "-1.5")] };
  const [change] = explainChange(at(holds({ BTC: "2" })), at(holds({ BTC: "0.5" })), between);
  expect(change!.text).toBe("BTC from 2 to 0.5, deleveraged by the venue (ADL); taken 12.5 USD");
});

const a = accountKey("a");
const loan = (debt: bigint, now: number) => ({
  engine: { ...boundToy, levers: () => [] },
  holding: toyHolding({ wallet: 0n, loans: { a: { coin: "COIN", coins: 10n ** 9n, debt } } }, now),
  scene: toyScene({ COIN: dec("740") }, now),
});
test("of a loan the equity tells: interest is nothing, a repayment by hand and a redemption are something", () => {
  const change = (debt: bigint, effects: readonly EffectEvent[] = []) =>
    explainChange(loan(5_000_000_000n, 1), loan(debt, 2), { ...quiet, effects }).map(({ what }) => what);
  expect(change(5_000_000_100n)).toEqual([]);
  expect(change(4_000_000_000n)).toEqual(["manual"]);
  expect(change(4_000_000_000n, [event("redemption", "a", "1")])).toEqual(["redemption"]);
  const deeds = [{ account: a, action: { do: "repay", asset: assetId("USD"), amount: dec("1") } }] as const;
  const own = explainChange(loan(5_000_000_000n, 1), loan(4_000_000_000n, 2), { ...quiet, deeds });
  expect(own).toMatchObject([{ what: "own-action", text: expect.stringContaining("equity of a from 2400 to 3400") }]);
});

test("after an absence: what changed, the stops that still lie there, and those that do not", () => {
  const before = at(
    holds({ BTC: "2" }, [lyingStop({ at: "8000", order: "7" }), lyingStop({ at: "7000", order: "8" })]),
  );
  const after = at(holds({ BTC: "1" }, [lyingStop({ at: "8000", order: "7" })]));
  const changes = explainChange(before, after, { ...quiet, isWatched: false });
  const found = foundAgain(before, after, changes, 90_000);
  expect(found).toMatchObject({
    code: "recovery/back",
    facts: { awayMs: "90000", stopsFound: "1", stopsMissing: "1" },
  });
  expect(found.facts["detail"]).toBe(
    "seen again after 90 s: BTC from 2 to 1, while nobody watched: by hand, by a stop, or by the venue; stops of ours that lie there: 1, missing: 8",
  );
  const { orders: _orders, ...unread } = holds({ BTC: "1" });
  const blind = { ...after, holding: perpHolding(unread) };
  const facts = { stopsFound: "unknown", stopsMissing: "unknown", changed: "no position changed" };
  expect(foundAgain(before, blind, [], 90_000).facts).toMatchObject(facts);
});
