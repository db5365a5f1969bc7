import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  dec,
  exact,
  holdingId,
  isNegative,
  ms,
  multiply,
  negate,
  subtract,
  text,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Body, Position } from "./holding.ts";
import { margin } from "./margin.ts";
import { HYPERLIQUID, RULES, markKey } from "./names.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import type { CoinTerms, HyperliquidTerms } from "./terms.ts";
import { MANY_DEXES, NOW, bodyOf, frame, position, sceneOf } from "./testing.ts";
import type { HyperliquidVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<Body, HyperliquidTerms, HyperliquidVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);

const holdingOf = (body: Body) => ({ id: holdingId("mine"), venue: HYPERLIQUID, rules: RULES[0], asOf: NOW, body });
const worldOf = (marks: Readonly<Record<string, string>>): Scene<unknown> => ({
  ...sceneOf(marks),
  terms: frame(MANY_DEXES),
});

const PRICES = { BTC: 90_000, ETH: 3_000, "km:US500": 6_000, "vt:ETH": 3_000 } as const;
type Coin = keyof typeof PRICES;
const COINS = Object.keys(PRICES) as readonly Coin[];

/** Notionals up to some 300 million, so that upper rows of the tables are met; margins from 0.1 % to 30 % of the value. */
const held = (coin: Coin) =>
  fc
    .record({
      size: fc.integer({ min: 1, max: coin === "BTC" ? 3_000_000 : 90_000_000 }),
      short: fc.boolean(),
      isolated: fc.boolean(),
      cover: fc.integer({ min: 1, max: 300 }),
      leverage: fc.integer({ min: 1, max: 40 }),
    })
    .map(({ size, short, isolated, cover, leverage }): Position => {
      const coins = exact(BigInt(short ? -size : size), 3);
      const value = multiply(coins, exact(BigInt(PRICES[coin])));
      const worth = isNegative(value) ? exact(-value.digits, value.scale) : value;
      const cash = add(multiply(worth, exact(BigInt(cover), 3)), exact(-value.digits, value.scale));
      const strict = coin === "km:US500";
      return position(coin, text(coins), {
        leverage: `${leverage}`,
        ...((isolated || strict) && { cash: text(cash) }),
      });
    });

const bodies: fc.Arbitrary<Body> = fc
  .record({
    coins: fc.subarray([...COINS], { minLength: 1 }),
    room: fc.integer({ min: -20, max: 300 }),
    rate: fc.integer({ min: -300, max: 300 }),
  })
  .chain(({ coins, room, rate }) =>
    fc.tuple(...coins.map(held)).map((positions) => {
      const funding = coins.map((coin) => ({ coin, rate: exact(BigInt(rate), 6), next: ms(NOW + 3_600_000) }));
      const cashFor = (dex: string) => {
        const own = positions.filter(
          ({ coin, margin: { mode } }) => mode === "cross" && coin.startsWith("vt:") === (dex === "vt"),
        );
        const value = own.map(({ coin, size }) => multiply(size, exact(BigInt(PRICES[coin as Coin]))));
        const gross = value.map(({ digits, scale }) => exact(digits < 0n ? -digits : digits, scale));
        const sum = (values: readonly Exact[]) => values.reduce(add, exact(0n, 6));
        const net = sum(value);
        return text(add(multiply(sum(gross), exact(BigInt(room), 3)), exact(-net.digits, net.scale)));
      };
      return bodyOf(cashFor(""), positions, { funding, cashOf: { km: "0", vt: cashFor("vt") } });
    }),
  );
const around = (price: number) =>
  fc.integer({ min: price * 70, max: price * 130 }).map((cents) => text(exact(BigInt(cents), 2)));
const states: fc.Arbitrary<State> = fc
  .tuple(
    bodies,
    fc.record(
      Object.fromEntries(COINS.map((coin) => [coin, around(PRICES[coin])] as const)) as Record<
        Coin,
        fc.Arbitrary<string>
      >,
    ),
  )
  .map(([body, marks]) => ({ holding: holdingOf(body), scene: worldOf(marks) }));

const subject = (body: Body, line: Subject["line"] = "maintenance", account = "cross"): Subject => ({
  holding: holdingOf(body),
  scene: worldOf({ BTC: "100000", ETH: "3000" }),
  account: accountKey(account),
  line,
});

const withMargin = (each: Position, change: (cash: Exact) => Exact): Position =>
  each.margin.mode === "cross" ? each : { ...each, margin: { mode: "isolated", cash: change(each.margin.cash) } };

/** Mistakes of the trade. */
const firstRowOnly: Engine = {
  ...margin,
  compile: (body, account, scene, line) => margin.compile(body, account, withTables(scene), line),
};
const oracleForMark: Engine = {
  ...margin,
  assess: (body, account, scene) => {
    const basis = [...scene.quotes].map(
      ([key, quote]) => [key, { ...quote, value: multiply(quote.value, dec("1.001")) }] as const,
    );
    return margin.assess(body, account, { ...scene, quotes: new Map(basis) });
  },
};
const onePoolForAll: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const positions = body.positions.map((each): Position => ({ ...each, margin: { mode: "cross" } }));
    return margin.compile({ ...body, positions }, account, scene, line);
  },
};
const wholeMaintenance: Engine = {
  ...margin,
  compile: (body, account, scene, line) =>
    margin.compile(body, account, scene, line === "backstop" ? "maintenance" : line),
};
function withTables(scene: Scene<HyperliquidTerms>): Scene<HyperliquidTerms> {
  const cut = (terms: CoinTerms): CoinTerms => ({
    ...terms,
    table: { ...terms.table, tiers: terms.table.tiers.slice(0, 1) },
  });
  const coins = Object.fromEntries(Object.entries(scene.terms.body.coins).map(([coin, terms]) => [coin, cut(terms)]));
  return { ...scene, terms: { ...scene.terms, body: { ...scene.terms.body, coins } } };
}

const spec: Conformance = {
  name: "hyperliquid",
  engine: bound(margin),
  states,
  lines: ["initial", "maintenance", "backstop"],
  ties: [
    // 1.25 % of 100,000; 2.5 % of 300 million less 1,875,000; 2/3 of 1,250 times 3 coins; 10 % at 10x
    subject(bodyOf("-98750", [position("BTC", "1")])),
    subject(bodyOf("305625000", [position("BTC", "-3000")])),
    subject(bodyOf("-297500", [position("BTC", "3")]), "backstop"),
    subject(bodyOf("0", [position("BTC", "1", { cash: "-98750" })]), "maintenance", "isolated:BTC"),
    subject(bodyOf("-90000", [position("BTC", "1")]), "initial"),
  ],
  nulls: [
    { name: "no position", expect: "no-position", ...subject(bodyOf("-1000", [])) },
    {
      name: "an account that is not there",
      expect: "no-position",
      ...subject(bodyOf("1", []), "maintenance", "isolated:BTC"),
    },
    { name: "a long that cash covers", expect: "no-boundary", ...subject(bodyOf("1", [position("BTC", "1")])) },
  ],
  scaled: { notProportional: "a larger notional is charged by a higher row" },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = exact(g(fc.bigInt, { min: 0n, max: 10n ** 14n }), 6);
    const pools = body.pools.map((each) => ({ ...each, cash: add(each.cash, more) }));
    const positions = body.positions.map((each) => withMargin(each, (cash) => add(cash, more)));
    return { ...holding, body: { ...body, pools, positions } };
  },
  positions: {
    larger: (holding, times) => {
      const body = holding.body as Body;
      const by = (amount: Exact) => multiply(amount, exact(times));
      const positions = body.positions.map((each) =>
        each.margin.mode === "cross" ? each : withMargin({ ...each, size: by(each.size) }, by),
      );
      return { ...holding, body: { ...body, positions } };
    },
    turned: (asked) => {
      const body = asked.holding.body as Body;
      const positions = body.positions.map((each) => ({ ...each, size: negate(each.size) }));
      return { ...asked, holding: { ...asked.holding, body: { ...body, positions } } };
    },
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      const coin = (["BTC", "ETH"] as const).find((each) => body.positions.every((held) => held.coin !== each));
      if (coin === undefined) return undefined;
      const size = exact(BigInt(g(fc.integer, { min: 1, max: 900_000 })) * (g(fc.boolean) ? -1n : 1n), 3);
      const paid = multiply(size, scene.quotes.get(markKey(coin))!.value);
      const pools = body.pools.map((each) => (each.dex === "" ? { ...each, cash: subtract(each.cash, paid) } : each));
      const positions = [...body.positions, position(coin, text(size))];
      return { scene, holding: { ...holding, body: { ...body, pools, positions } } };
    },
  },
  effects: ({ holding, scene }) => {
    const body = holding.body as Body;
    const orders = body.positions.map(({ coin, size }) =>
      fc.record({
        do: fc.constant("order" as const),
        instrument: fc.constantFrom(coin, "PEPE"),
        side: fc.constant(isNegative(size) ? ("buy" as const) : ("sell" as const)),
        size: fc.integer({ min: 0, max: 4_000_000 }).map((steps) => exact(BigInt(steps), 3)),
        limit: fc.constantFrom(scene.quotes.get(markKey(coin))!.value, dec("90000"), dec("0")),
        reduceOnly: fc.boolean(),
      }),
    );
    const moves = body.positions.map(({ coin }) =>
      fc.record({
        do: fc.constant("move-margin" as const),
        from: fc.constantFrom(accountKey("cross"), accountKey("cross:vt")),
        to: fc.constant(accountKey(`isolated:${coin}`)),
        asset: fc.constantFrom(assetId("USDC"), assetId("USDE")),
        amount: fc.bigInt({ min: -10n, max: 10n ** 13n }).map((digits) => exact(digits, 6)),
      }),
    );
    const fills = body.positions.map(({ coin }) =>
      fc.record({
        was: fc.constantFrom("fill" as const, "liquidation" as const, "adl" as const),
        body: fc.record({
          coin: fc.constant(coin),
          side: fc.constantFrom("buy", "sell"),
          size: fc.bigInt({ min: 1n, max: 5_000_000n }).map((digits) => exact(digits, 3)),
          price: fc.constant(exact(BigInt(PRICES[coin as Coin]))),
          fee: fc.constant(dec("1.5")),
        }),
      }),
    );
    const funding = fc
      .tuple(fc.constantFrom(...COINS), fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }))
      .map(([coin, digits]) => ({ was: "funding" as const, body: { coin, amount: exact(digits, 6) } }));
    return fc.oneof(...orders, ...moves, ...fills, funding, fc.constant({ do: "cancel" as const, order: "1" }));
  },
  // each hourly payment is rounded to 6 decimals, and the form accrues up to an hour that is not settled yet
  laterError: ({ accrual, quotes }, byMs) =>
    Math.abs(accrual?.constant ?? 0) / 24 + 1e-6 * quotes.length * (byMs / 3_600_000 + 1),
  wrong: [
    { name: "first row only", engine: bound(firstRowOnly) },
    { name: "another price than mark", engine: bound(oracleForMark) },
    { name: "isolated counted as cross", engine: bound(onePoolForAll) },
    { name: "backstop at the maintenance line", engine: bound(wholeMaintenance) },
  ],
  isName: (path) => path.at(-1) === "coin" || path.at(-1) === "dex" || path.at(-1) === "token" || path.at(-1) === "id",
};

marginConformance(spec);
