// oxlint-disable import/no-relative-parent-imports -- unit tests reach into their room
import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import type { State, Subject } from "@plimsoll/core/margin/testing";
import { accountKey, canonical, dec, exact, fail, hash, holdingId, ms, text, why } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Body, Position } from "../holding.ts";
import { readBody } from "../read-holding.ts";
import { readTerms } from "../read-terms.ts";
import type { OkxTerms } from "../terms.ts";
import { NOW, bodyOf, contract, loan, sceneOf } from "../testing.ts";
import { OKX, RULES } from "../written.ts";

export type Engine = MarginEngine<Body, OkxTerms, never>;
export const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, ({ was }) => fail(why(was)));

const frame = { tick: "0.1", lot: "1", takerFee: "0.0005" };
export const tiers = [
  { floor: "0", cap: "1000", mmr: "0.004" },
  { floor: "1001", cap: "4000", mmr: "0.006" },
  { floor: "4001", cap: "100000", mmr: "0.01" },
];
/** A document as text: two swaps, a pair, and coins whose bands count USD and coins, with debts in two rates. */
const DOCUMENT = {
  contracts: {
    "BTC-USDT-SWAP": { type: "linear", settle: "USDT", quote: "USDT", size: "0.01", ...frame, tiers },
    "BTC-USD-SWAP": { type: "inverse", settle: "BTC", quote: "USD", size: "100", ...frame, tiers },
  },
  pairs: {
    "LTC-USDT": {
      base: "LTC",
      quote: "USDT",
      takerFee: "0.001",
      tiers: [
        { baseLoan: "100", quoteLoan: "10000", mmr: "0.05" },
        { baseLoan: "100000", quoteLoan: "10000000", mmr: "0.06" },
      ],
    },
  },
  coins: {
    USDT: {
      discountBy: "usd",
      discounts: [{ cap: "500000", rate: "1" }, { rate: "0.95" }],
      borrow: [{ cap: "20000.123", rate: "0.03" }, { rate: "0.05" }],
    },
    BTC: {
      discountBy: "coins",
      discounts: [{ cap: "2", rate: "0.98" }, { cap: "5", rate: "0.9725" }, { rate: "0.9" }],
      borrow: [{ cap: "0.7512345", rate: "0.04" }, { rate: "0.06" }],
    },
  },
};
const read = readTerms(DOCUMENT);
if (!read.ok) throw new Error(JSON.stringify(read.failure));
const TERMS = read.value;

const holdingOf = (body: Body) => ({ id: holdingId("mine"), venue: OKX, rules: RULES, asOf: NOW, body });
const worldOf = (prices: Readonly<Record<string, string>>): Scene<unknown> => {
  const scene = sceneOf(prices, TERMS);
  return {
    ...scene,
    terms: { ...scene.terms, hash: hash(canonical(DOCUMENT).length.toString(16).padStart(64, "0")), body: DOCUMENT },
  };
};

const cents = (value: number) => text(exact(BigInt(value), 2));
/** Up to two contracts a swap (one a side in long/short mode, cross or isolated), and sometimes an isolated loan. */
const swap = (instrument: "BTC-USDT-SWAP" | "BTC-USD-SWAP", side: "net" | "long" | "short") =>
  fc
    .record({
      contracts: fc.integer({ min: 1, max: 9_000 }),
      short: fc.boolean(),
      entry: fc.integer({ min: 6_000_000, max: 12_000_000 }),
      isolated: fc.boolean(),
      cover: fc.integer({ min: 1, max: 300 }),
    })
    .map(({ contracts, short, entry, isolated, cover }) => {
      const isLinear = instrument === "BTC-USDT-SWAP";
      const sign = side === "short" || (side === "net" && short) ? "-" : "";
      const value = isLinear ? (contracts / 100) * (entry / 100) : (contracts * 100) / (entry / 100);
      return contract(instrument, `${sign}${contracts}`, cents(entry), {
        side,
        coin: isLinear ? "USDT" : "BTC",
        ...(isolated && { isolated: ((value * cover) / 1000).toFixed(8) }),
      });
    });
const loans = fc
  .record({
    size: fc.integer({ min: 1, max: 40_000 }),
    short: fc.boolean(),
    cover: fc.integer({ min: 20, max: 500 }),
    base: fc.boolean(),
  })
  .map(({ size, short, cover, base }): Position => {
    const [coins, money] = [cents(size), cents(size * 90)];
    // what is held is worth what is owed at 90, and the cover above it
    const held = text(exact(BigInt(size) * BigInt(1000 + cover) * (short ? 90n : 1n), 5));
    return short
      ? loan("LTC-USDT", base ? "LTC" : "USDT", ["0", held], [coins, "0"])
      : loan("LTC-USDT", base ? "LTC" : "USDT", [held, "0"], ["0", money]);
  });
const bodies: fc.Arbitrary<Body> = fc
  .record({
    mode: fc.constantFrom("futures" as const, "multi-currency" as const),
    hedge: fc.boolean(),
    usdt: fc.integer({ min: -3_000_007, max: 90_000_003 }),
    btc: fc.integer({ min: -120_000_007, max: 700_000_003 }),
    rate: fc.integer({ min: -300, max: 300 }),
    swaps: fc.constantFrom(1, 2),
    loan: fc.option(loans, { nil: undefined }),
    frozen: fc.integer({ min: 0, max: 1_000 }),
    hourly: fc.integer({ min: 0, max: 30 }),
  })
  .chain(({ mode, hedge, usdt, btc, rate, swaps, loan: owed, frozen, hourly }) => {
    const instruments = (["BTC-USDT-SWAP", "BTC-USD-SWAP"] as const).slice(0, swaps);
    const sides = hedge ? (["long", "short"] as const) : (["net"] as const);
    const funding = instruments.map((instrument) => ({
      instrument,
      rate: exact(BigInt(rate), 6),
      next: ms(NOW + 3_600_000),
      everyMs: ms(28_800_000),
    }));
    const interest = ["USDT", "BTC", "LTC"].map((coin) => ({
      coin,
      rate: exact(BigInt(hourly), 8),
      next: ms(NOW + 3_600_000),
    }));
    const orders = [{ id: "a", instrument: "BTC-USDT-SWAP", side: sides[0], opens: dec("20") }];
    return fc
      .tuple(...instruments.flatMap((instrument) => sides.map((side) => swap(instrument, side))))
      .map((positions) => {
        const body = bodyOf(
          { USDT: cents(usdt), BTC: text(exact(BigInt(btc), 8)) },
          owed === undefined ? positions : [...positions, owed],
          { mode, positionMode: hedge ? "long-short" : "net", funding, interest, orders },
        );
        return { ...body, balances: body.balances.map((each) => ({ ...each, frozen: exact(BigInt(frozen), 6) })) };
      });
  });
const price = (min: number, max: number) => fc.integer({ min, max });
export const states: fc.Arbitrary<State> = fc
  .tuple(
    bodies,
    price(600_000, 1_200_000),
    price(600_000, 1_200_000),
    price(600_000, 1_200_000),
    price(9_500, 10_500),
    price(5_000, 15_000),
  )
  .map(([body, linear, inverse, btc, usdt, ltc]) => ({
    holding: holdingOf(body),
    scene: worldOf({
      "BTC-USDT-SWAP": text(exact(BigInt(linear), 1)),
      "BTC-USD-SWAP": text(exact(BigInt(inverse), 1)),
      "LTC-USDT": cents(ltc),
      BTC: text(exact(BigInt(btc), 1)),
      USDT: text(exact(BigInt(usdt), 4)),
    }),
  }));

export const at = {
  "BTC-USDT-SWAP": "100000.0",
  "BTC-USD-SWAP": "100000.0",
  "LTC-USDT": "100.00",
  BTC: "100000.0",
  USDT: "1.0000",
};
export const subject = (body: Body, account: string, line: Subject["line"] = "maintenance"): Subject => ({
  holding: holdingOf(body),
  scene: worldOf(at),
  account: accountKey(account),
  line,
});
