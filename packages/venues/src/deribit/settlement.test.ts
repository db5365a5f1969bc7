import type { Terms } from "@plimsoll/core/margin";
import { type MarginEngine, bindEngine } from "@plimsoll/core/margin";
import { marginConformance } from "@plimsoll/core/margin/testing";
import { accountKey, dec, holdingId, invariant, ms, text, toNumber, venueId } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { markOf } from "./margin-standard.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import type { DeribitTerms } from "./terms.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };
import { EXPIRY, bodyOf, position, sceneOf } from "./testing.ts";
import { totalsOf } from "./totals.ts";
import type { DeribitVenueEffect } from "./venue-effect.ts";

const BTC = accountKey("BTC");
const delivery = Date.UTC(2026, 11, 25, 8);
const [future, perpetual] = [`BTC-${EXPIRY}`, "BTC-PERPETUAL"];
/** A scene so many seconds before delivery. */
const sceneBefore = (seconds: number, quotes: Readonly<Record<string, string>>) => {
  const scene = sceneOf({ "BTC-PERPETUAL:basis": "1", ...quotes });
  const now = ms(delivery - seconds * 1_000);
  return { ...scene, now, quotes: new Map([...scene.quotes].map(([key, quote]) => [key, { ...quote, asOf: now }])) };
};
const totalsBefore = (seconds: number, body: Body, quotes: Readonly<Record<string, string>>) => {
  const account = accountOf(body, BTC);
  const totals = account === undefined ? undefined : totalsOf(account, sceneBefore(seconds, quotes));
  invariant(totals?.ok === true, "there are totals");
  return totals.value;
};

describe("the window before delivery", () => {
  const average = { "btc_usd:index": "100000", "btc_usd:delivery": "99000" };
  test.each([
    ["half of the readings are taken", 900, "99500", 0.5],
    ["between two of them", 902, "99502.222222222222222", 226 / 450],
    ["the first one is not", 1_800, "100000", 1],
    ["one is left", 4, "99002.222222222222222", 1 / 450],
    ["none is left, the venue has not delivered yet", 0, "99000", 0],
  ] as const)("a future, %s: what is known stands, the rest follows the index", (_case, seconds, mark, slope) => {
    const [priced] = totalsBefore(seconds, bodyOf({ BTC: "1" }, [position(future, "1000", "100000")]), average).priced;
    expect(toNumber(priced!.mark)).toBeCloseTo(Number(mark), 9);
    expect(toNumber(priced!.slope)).toBeCloseTo(slope, 15);
  });
  test("a second before the window the venue's own mark counts", () => {
    const quotes = { ...average, [`${future}:basis`]: "1.01" };
    const [priced] = totalsBefore(1_801, bodyOf({ BTC: "1" }, [position(future, "1000", "100000")]), quotes).priced;
    expect(text(priced!.mark)).toBe("101000.00");
  });
  // source: moments of the average and Black with 40 digits, mpmath
  // oxfmt-ignore
  test.each([
    ["call", "99350",  600,  "99000",  "0.6", 0.0001303698103203843],
    ["put",  "100500", 1500, "101000", "0.8", 0.003462188826169568],
  ] as const)("a %s at %s is one on the readings that are left", (type, strike, seconds, known, vol, price) => {
    const option = `${future}-${strike}-${type === "call" ? "C" : "P"}`;
    const quotes = { "btc_usd:index": "100000", "btc_usd:delivery": known, [`${option}:iv`]: vol };
    const [priced] = totalsBefore(seconds, bodyOf({ BTC: "1" }, [position(option, "1", "0.01")]), quotes).priced;
    invariant(priced?.is === "option", "an option");
    expect(markOf(priced)).toBeCloseTo(price, 12);
  });
  test("what is certain already is worth its payoff", () => {
    const option = `${future}-60000-C`;
    const quotes = { ...average, [`${option}:iv`]: "0.6" };
    const [priced] = totalsBefore(300, bodyOf({ BTC: "1" }, [position(option, "1", "0.01")]), quotes).priced;
    invariant(priced?.is === "option", "an option");
    const mark = (375 * 99_000 + 75 * 100_000) / 450;
    expect(markOf(priced)).toBeCloseTo((mark - 60_000) / mark, 14);
  });
  // source: Deribit, delta decay during settlement: delta 1.0, mark 0.3, 15 minutes in: 0.5 - 0.3 * (1 - 15/30) = 0.35
  test("the venue's example of a decayed delta", () => {
    const option = `${future}-7000-C`;
    const body = bodyOf({ BTC: "1" }, [position(option, "1", "0.3")], "segregated_pm");
    const quotes = { "btc_usd:index": "10000", "btc_usd:delivery": "10000", [`${option}:iv`]: "0.6" };
    expect(totalsBefore(900, body, quotes).matrices[0]!.matrix.delta).toBeCloseTo(0.35, 12);
  });
  test("a hedge with the perpetual becomes naked: the matrix of a hedged future grows towards delivery", () => {
    const body = bodyOf(
      { BTC: "1" },
      [position(future, "100000", "100000"), position(perpetual, "-100000", "100000")],
      "segregated_pm",
    );
    const quotes = { "btc_usd:index": "100000", "btc_usd:delivery": "100000" };
    const worst = [1_800, 900, 4].map((seconds) => totalsBefore(seconds, body, quotes).matrices[0]!.matrix.worst);
    expect(worst[0]).toBe(0);
    expect(worst[1]).toBeGreaterThan(0.06);
    expect(worst[2]).toBeGreaterThan(0.135);
  });
  test("looking ahead at prices that stand still, the index of today is what was read", () => {
    const body = bodyOf({ BTC: "1" }, [position(future, "1000", "100000")]);
    const today = sceneOf({ "btc_usd:index": "100000", [`${future}:basis`]: "1.02" });
    const account = accountOf(body, BTC)!;
    const totals = totalsOf(account, { ...today, now: ms(delivery - 900_000) });
    expect(totals.ok && toNumber(totals.value.priced[0]!.mark)).toBe(100_000);
  });
  test("without the average so far the account is unknown", () => {
    const body = bodyOf({ BTC: "1" }, [position(future, "1000", "100000")]);
    const quotes = { "btc_usd:index": "100000", [`${future}:basis`]: "1" };
    expect(margin.assess(body, BTC, sceneBefore(900, quotes)).equity).toMatchObject({
      is: "unknown",
      why: { code: "deribit/no-quote", facts: { quote: "deribit:btc_usd:delivery" } },
    });
  });
});

type Engine = MarginEngine<Body, DeribitTerms, DeribitVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);
const options = [`${future}-95000-P`, `${future}-103000-C`] as const;
const inWindow = (index: number, average = "99500") => {
  const scene = sceneBefore(700, {
    "btc_usd:index": `${index}`,
    "btc_usd:delivery": average,
    ...Object.fromEntries(options.map((name) => [`${name}:iv`, "0.6"])),
  });
  return { ...scene, terms: { ...scene.terms, body: shipped.body } satisfies Terms<unknown> };
};
const holdingOf = (body: Body) => ({
  id: holdingId("mine"),
  venue: venueId("deribit"),
  rules: "deribit-2022-01",
  asOf: ms(0),
  body,
});
const held = (name: string, step: number, entry: string) =>
  fc
    .integer({ min: -300, max: 300 })
    .filter((steps) => steps !== 0)
    .map((steps) => position(name, `${(steps * step).toFixed(1)}`, entry));
/** What is fixed of the average left out. */
const forgetsAverage: Engine = {
  ...margin,
  compile: (body, key, scene, line) => margin.compile(body, key, { ...scene, now: ms(delivery - 1_790_000) }, line),
};

marginConformance({
  name: "deribit in the window before delivery",
  engine: bound(margin),
  lines: ["maintenance", "initial"],
  runs: 12,
  states: fc
    .record({
      btc: fc.integer({ min: 0, max: 200 }),
      index: fc.integer({ min: 90_000, max: 110_000 }),
      held: fc.tuple(
        held(future, 10_000, "98000"),
        fc.option(held(perpetual, 10_000, "99000"), { nil: undefined }),
        fc.option(held(options[0], 0.1, "0.05"), { nil: undefined }),
        fc.option(held(options[1], 0.1, "0.05"), { nil: undefined }),
      ),
    })
    .map(({ btc, index, held: positions }) => {
      const body = bodyOf(
        { BTC: `${btc}` },
        positions.filter((each) => each !== undefined),
      );
      return { holding: holdingOf(body), scene: inWindow(index) };
    }),
  moves: () => [0.45, 2.2],
  unitIn: ({ scene }) => toNumber([...scene.quotes].find(([key]) => key === "deribit:btc_usd:index")![1].value),
  ties: [
    // 10 coins: (1 % + 0.005 % * 10) * 10 = 0.105; index and average are one, so that the mark is exact
    {
      holding: holdingOf(bodyOf({ BTC: "0.105" }, [position(future, "1000000", "100000")])),
      scene: inWindow(100_000, "100000"),
      account: BTC,
      line: "maintenance",
    },
  ],
  nulls: [
    {
      name: "no position",
      expect: "no-position",
      holding: holdingOf(bodyOf({ BTC: "1" }, [])),
      scene: inWindow(100_000),
      account: BTC,
      line: "maintenance",
    },
  ],
  scaled: { notProportional: "profit and balance grow together, but the balances are not multiples" },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = dec(`${g(fc.nat, { max: 1_000 })}`);
    return {
      ...holding,
      body: {
        ...body,
        wallets: body.wallets.map((each) => ({
          ...each,
          balance: { digits: each.balance.digits + more.digits, scale: 0 },
        })),
      },
    };
  },
  positions: {
    larger: { notHere: "no position has a margin of its own" },
    turned: { notHere: "options are not the same on both sides" },
    burdened: { notHere: "the average changes prices alone: conformance.test.ts adds positions" },
  },
  effects: () => fc.constant({ was: "settlement" as const, body: { underlying: future, delivery: dec("95000") } }),
  later: (state) => state,
  wrong: [{ name: "the average so far left out", engine: bound(forgetsAverage) }],
  isName: (path) => ["currency", "instrument", "id", "model"].includes(path.at(-1)!),
});
