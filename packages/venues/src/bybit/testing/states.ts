// oxlint-disable import/no-relative-parent-imports -- unit tests reach into their room
import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import type { State, Subject } from "@plimsoll/core/margin/testing";
import { accountKey, canonical, dec, exact, hash, holdingId, ms, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Body, Position } from "../holding.ts";
import { readBody } from "../read-holding.ts";
import { readEffect } from "../read-effect.ts";
import { readTerms } from "../read-terms.ts";
import type { BybitTerms } from "../terms.ts";
import { NOW, bodyOf, position, sceneOf } from "../testing.ts";
import type { BybitVenueEffect } from "../venue-effect.ts";
import { BYBIT, MARK_RULES } from "../written.ts";

export type Engine = MarginEngine<Body, BybitTerms, BybitVenueEffect>;
export const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);

const frame = { tick: "0.1", takerFee: "0.0005", complete: true };
/** A document as text: a linear and an inverse contract, and coins whose ratios fall and whose debts come in two rates. */
const DOCUMENT = {
  valuation: "mark",
  contracts: {
    BTCUSDT: {
      ...frame,
      type: "linear",
      settle: "USDT",
      quote: "USDT",
      step: "0.01",
      tiers: [
        { floor: "0", cap: "300000", mmr: "0.004", deduction: "" },
        { floor: "300000", cap: "800000", mmr: "0.005", deduction: "300" },
        { floor: "800000", cap: "5000000", mmr: "0.0065", deduction: "1500" },
      ],
    },
    BTCUSD: {
      ...frame,
      type: "inverse",
      settle: "BTC",
      quote: "USD",
      step: "1",
      tiers: [
        { floor: "0", cap: "2", mmr: "0.004", deduction: "" },
        { floor: "2", cap: "5", mmr: "0.006", deduction: "0.004" },
        { floor: "5", cap: "150", mmr: "0.01", deduction: "0.024" },
      ],
    },
  },
  coins: {
    USDT: {
      ratios: [{ cap: "500000", rate: "1" }, { rate: "0.95" }],
      borrow: [{ cap: "20000.123", rate: "0.03" }, { rate: "0.05" }],
    },
    BTC: {
      ratios: [{ cap: "2", rate: "0.98" }, { cap: "5", rate: "0.9725" }, { rate: "0.9" }],
      borrow: [{ cap: "0.7512345", rate: "0.04" }, { rate: "0.06" }],
    },
  },
};
export const ENTRY_DOCUMENT = { ...DOCUMENT, valuation: "entry" };
const read = readTerms(DOCUMENT);
if (!read.ok) throw new Error(JSON.stringify(read.failure));
const TERMS = read.value;

const holdingOf = (body: Body) => ({ id: holdingId("mine"), venue: BYBIT, rules: MARK_RULES, asOf: NOW, body });
const worldOf = (prices: Readonly<Record<string, string>>, document: object = DOCUMENT): Scene<unknown> => {
  const scene = sceneOf(prices, TERMS);
  const size = canonical(document).length.toString(16).padStart(64, "0");
  return { ...scene, terms: { ...scene.terms, hash: hash(size), body: document } };
};

const cents = (value: number) => text(exact(BigInt(value), 2));
export const contracts = (symbol: "BTCUSDT" | "BTCUSD", side: Position["side"], isolated: boolean) =>
  fc
    .record({
      hundredths: fc.integer({ min: 1, max: 1_500 }),
      short: fc.boolean(),
      entry: fc.integer({ min: 6_000_000, max: 12_000_000 }),
      leverage: fc.integer({ min: 2, max: 50 }),
      cover: fc.integer({ min: 1, max: 1_100 }),
    })
    .map(({ hundredths, short, entry, leverage, cover }) => {
      const sign = side === "short" || (side === "one-way" && short) ? "-" : "";
      const linear = symbol === "BTCUSDT";
      const size = linear ? cents(hundredths) : `${hundredths * 1_000}`;
      const value = linear ? (hundredths / 100) * (entry / 100) : (hundredths * 1_000) / (entry / 100);
      return position(symbol, `${sign}${size}`, cents(entry), {
        side,
        coin: linear ? "USDT" : "BTC",
        leverage: `${leverage}`,
        ...(isolated && { posted: ((value * cover) / 1_000).toFixed(8) }),
      });
    });

const bodies: fc.Arbitrary<Body> = fc
  .record({
    isolated: fc.boolean(),
    hedge: fc.boolean(),
    usdt: fc.integer({ min: -3_000_007, max: 90_000_003 }),
    btc: fc.integer({ min: -120_000_007, max: 700_000_003 }),
    rate: fc.integer({ min: -300, max: 300 }),
    hourly: fc.integer({ min: 0, max: 50 }),
    both: fc.boolean(),
    orderMargin: fc.integer({ min: 0, max: 100_000 }),
    opens: fc.integer({ min: 0, max: 500 }),
    spotLeverage: fc.option(fc.integer({ min: 2, max: 10 }), { nil: undefined }),
    collateral: fc.boolean(),
  })
  .chain(({ isolated, hedge, usdt, btc, rate, hourly, both, orderMargin, opens, spotLeverage, collateral }) => {
    const sides = hedge ? (["long", "short"] as const) : (["one-way"] as const);
    const own = [
      ...sides.map((side) => contracts("BTCUSDT", side, isolated)),
      ...(both ? [contracts("BTCUSD", "one-way", isolated)] : []),
    ];
    return fc.tuple(...own).map((positions) => {
      const body = bodyOf(
        { USDT: cents(isolated ? Math.abs(usdt) : usdt), BTC: text(exact(BigInt(isolated ? Math.abs(btc) : btc), 8)) },
        positions,
      );
      return {
        ...body,
        balances: body.balances.map((each) => ({
          ...each,
          orderMargin: each.coin === "USDT" ? dec(cents(orderMargin)) : each.orderMargin,
          collateral: each.coin === "USDT" || collateral,
          hourlyRate: exact(BigInt(hourly), 7),
        })),
        orderLoss: isolated ? dec("0") : dec("12.5"),
        ...(spotLeverage !== undefined && { spotLeverage: exact(BigInt(spotLeverage)) }),
        orders: [{ id: "a", symbol: "BTCUSDT", side: sides[0], opens: dec(cents(opens)) }],
        funding: positions
          .filter((each, i) => positions.findIndex(({ symbol }) => symbol === each.symbol) === i)
          .map(({ symbol }) => ({
            symbol,
            rate: exact(BigInt(rate), 6),
            next: ms(NOW + 3_600_000),
            everyMs: ms(28_800_000),
          })),
      };
    });
  });
export const price = (min: number, max: number) => fc.integer({ min, max });
export const states: fc.Arbitrary<State> = fc
  .tuple(
    bodies,
    price(600_000, 1_200_000),
    price(600_000, 1_200_000),
    price(600_000, 1_200_000),
    price(9_500, 10_500),
    fc.boolean(),
  )
  .map(([body, linear, inverse, btc, usdt, entry]) => ({
    holding: holdingOf(body),
    scene: worldOf(
      {
        BTCUSDT: text(exact(BigInt(linear), 1)),
        BTCUSD: text(exact(BigInt(inverse), 1)),
        BTC: text(exact(BigInt(btc), 1)),
        USDT: text(exact(BigInt(usdt), 4)),
      },
      entry ? ENTRY_DOCUMENT : DOCUMENT,
    ),
  }));

export const at = { BTCUSDT: "100000.0", BTCUSD: "100000.0", BTC: "100000.0", USDT: "1.0000" };
export const subject = (
  body: Body,
  account = "wallet",
  line: Subject["line"] = "maintenance",
  document: object = DOCUMENT,
): Subject => ({
  holding: holdingOf(body),
  scene: worldOf(at, document),
  account: accountKey(account),
  line,
});
