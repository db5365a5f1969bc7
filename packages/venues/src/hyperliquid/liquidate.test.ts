import type { Step } from "@plimsoll/core/margin";
import { type Exact, ZERO, accountKey, add, compare, exact, subtract, text, trim } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { MANY_DEXES, PRESENT, bodyOf, marketAt, position, sceneOf, termsFrom } from "./testing.ts";
import type { HyperliquidTerms } from "./terms.ts";

type Prices = Readonly<Record<string, string>>;
const run = (
  body: Body,
  marks: Prices,
  { fills = marks, account = "cross", terms = PRESENT as HyperliquidTerms } = {},
) => margin.liquidate(body, accountKey(account), sceneOf(marks, terms), marketAt(fills), "worst-for-owner");
const cashOf = (body: Body, dex = "") => body.pools.find((pool) => pool.dex === dex)!.cash;
const plain = (value: Exact) => text(trim(value));
const amounts = ({ taken, fee, badDebt }: Step<Body>) =>
  [taken, fee, badDebt].map((flows) => plain(flows.map(({ amount }) => amount).reduce(add, ZERO)));

test("at the line nothing is taken; without a known fill the steps end", () => {
  expect(run(bodyOf("-98750", [position("BTC", "1")]), { BTC: "100000" })).toEqual([]);
  expect(run(bodyOf("-99000", [position("BTC", "1")]), { BTC: "100000" }, { fills: {} })).toEqual([]);
});

test("a position up to 100,000 goes whole, for the taker fee; what is left stays with the owner", () => {
  const steps = run(bodyOf("-99000", [position("BTC", "1")]), { BTC: "100000" }, { fills: { BTC: "99900" } });
  expect(steps.map(({ what }) => what)).toEqual(["close 1 of BTC at 99900"]);
  // fee 0.045 % of 99,900
  expect(amounts(steps[0]!)).toEqual(["100", "44.955", "0"]);
  expect(plain(cashOf(steps[0]!.after))).toBe("855.045");
  expect(steps[0]!.after.positions).toEqual([]);
});

test("a larger position first loses 20 %, then, still below the line, the rest", () => {
  const marks = { BTC: "100000" };
  // 10 coins need 12,500 and have 10,000; after 2 coins 8 need 10,000 and have 10,000 less the fee of 90
  const steps = run(bodyOf("-990000", [position("BTC", "10")]), marks);
  expect(steps.map(({ what }) => what)).toEqual([
    "close 2.00000 of BTC at 100000; the rest after 30000 ms",
    "close 8.00000 of BTC at 100000",
  ]);
  // with 90 more the part is enough
  expect(run(bodyOf("-989910", [position("BTC", "10")]), marks)).toHaveLength(1);
});

test("open orders of the pool are cancelled first, those of an isolated coin are not", () => {
  const orders = [
    { id: "1", coin: "BTC" },
    { id: "2", coin: "ETH" },
  ];
  const positions = [position("BTC", "1"), position("ETH", "1", { cash: "-1000" })];
  const [first] = run(bodyOf("-99000", positions, { orders }), { BTC: "100000", ETH: "3000" });
  expect(first!.what).toBe("cancel 1 open orders");
  expect(first!.after.orders).toEqual([orders[1]]);
});

test("below two thirds of maintenance the vault takes every cross position and all cross margin", () => {
  const positions = [position("BTC", "1"), position("ETH", "-1"), position("SOL", "1", { cash: "-50" })];
  // value 96,500 - 100,000 + ... : cash -96,200 + 100,000 - 3,000 = 800, maintenance 1,250 + 60, two thirds 873.33
  const steps = run(bodyOf("-96200", positions), { BTC: "100000", ETH: "3000", SOL: "150" });
  expect(steps).toHaveLength(1);
  expect(amounts(steps[0]!)).toEqual(["800", "0", "0"]);
  expect(steps[0]!.after.positions.map(({ coin }) => coin)).toEqual(["SOL"]);
  expect(plain(cashOf(steps[0]!.after))).toBe("0");
});

test("an isolated position is taken with its own margin alone", () => {
  const body = bodyOf("5000", [position("BTC", "1", { cash: "-99500" })]);
  const [step] = run(body, { BTC: "100000" }, { account: "isolated:BTC" });
  expect(amounts(step!)).toEqual(["500", "0", "0"]);
  expect(plain(cashOf(step!.after))).toBe("5000");
});

test("closed in the market, an isolated position leaves its rest in the pool", () => {
  const body = bodyOf("5000", [position("BTC", "1", { cash: "-99000" })]);
  const [step] = run(body, { BTC: "100000" }, { account: "isolated:BTC" });
  expect(amounts(step!)).toEqual(["0", "45", "0"]);
  expect(plain(cashOf(step!.after))).toBe("5955");
});

test("a dex without a backstop sells below that line too, and below nothing deleverages", () => {
  const terms = termsFrom(MANY_DEXES);
  const marks = { "km:US500": "6000" };
  const body = (cash: string) => bodyOf("0", [position("km:US500", "1", { cash })]);
  const at = { account: "isolated:km:US500", terms };
  // maintenance 2.5 % is 150, two thirds 100
  expect(run(body("-5950"), marks, at).map(({ what }) => what)).toEqual(["close 1 of km:US500 at 6000"]);
  const [under] = run(body("-6010"), marks, at);
  expect(under!.what).toBe("deleveraging closes km:US500 with all margin of the account");
  expect(amounts(under!)).toEqual(["0", "0", "10"]);
});

test("the largest maintenance goes first, or what the chooser names", () => {
  const body = bodyOf("-102000", [position("ETH", "1"), position("BTC", "1")]);
  const marks = { BTC: "100000", ETH: "3000" };
  const first = (chooser: "worst-for-owner" | { fixed: readonly string[] }) =>
    margin.liquidate(body, accountKey("cross"), sceneOf(marks), marketAt(marks), chooser)[0]!.what;
  expect(first("worst-for-owner")).toMatch(/of BTC/);
  expect(first({ fixed: ["ETH"] })).toMatch(/of ETH/);
});

test("in every step: equity before - after = taken + fee - bad debt", () => {
  // never fewer than the counts at the end need
  const runs = { numRuns: Math.max(100, Number(process.env["PLIMSOLL_RUNS"] ?? 150)) };
  const size = fc.integer({ min: -400_000, max: 400_000 }).filter((digits) => digits !== 0);
  const any = fc.record({
    btc: size,
    eth: size,
    room: fc.integer({ min: -1_000, max: 8_000 }),
    slip: fc.integer({ min: -50, max: 50 }),
  });
  const marks = { BTC: "100000", ETH: "3000" };
  let [seen, partial] = [0, 0];
  fc.assert(
    fc.property(any, ({ btc, eth, room, slip }) => {
      const sizes = [exact(BigInt(btc), 5), exact(BigInt(eth), 3)] as const;
      const value = BigInt(btc) + BigInt(eth) * 3n;
      const body = bodyOf(`${room - Number(value)}`, [
        position("BTC", text(sizes[0])),
        position("ETH", text(sizes[1])),
      ]);
      const fills = {
        BTC: text(exact(BigInt(10_000_000 + slip * 1_000), 2)),
        ETH: text(exact(BigInt(300_000 - slip * 30), 2)),
      };
      const equity = (of: Body) => {
        const figure = margin.assess(of, accountKey("cross"), sceneOf(marks)).equity;
        return figure.is === "known" ? figure.value : ZERO;
      };
      let before = body;
      for (const { after, taken, fee, badDebt } of run(body, marks, { fills })) {
        const flows = [...taken, ...fee].reduce((sum, flow) => add(sum, flow.amount), ZERO);
        const owed = badDebt.reduce((sum, flow) => add(sum, flow.amount), ZERO);
        expect(compare(subtract(equity(before), equity(after)), subtract(flows, owed))).toBe(0);
        before = after;
        seen++;
        if (after.positions.length === 2) partial++;
      }
    }),
    runs,
  );
  expect(seen).toBeGreaterThan(20);
  expect(partial).toBeGreaterThan(0);
});
