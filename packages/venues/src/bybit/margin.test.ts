import {
  type Market,
  type Scene,
  type Step,
  bindEngine,
  factorValues,
  liquidationPrices,
  readQuotes,
  sumAt,
} from "@plimsoll/core/margin";
import { carryOf } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  type Result,
  type Why,
  accountKey,
  assetId,
  dec,
  holdingId,
  known,
  ms,
  ok,
  text,
  toNumber,
  trim,
  unknown,
  why,
} from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { WALLET } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { liquidationPrice, margin } from "./margin.ts";
import { markKey } from "./quotes.ts";
import { readEffect } from "./read-effect.ts";
import type { BybitTerms } from "./terms.ts";
import { NOW, bodyOf, inverse, linear, position, sceneOf, termsOf, tier } from "./testing.ts";
import { BYBIT, MARK_RULES } from "./written.ts";

function sure<V>(
  result: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly failure: unknown },
): V {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
const codeOf = (result: { readonly ok: boolean; readonly failure?: { readonly code: string } }) =>
  result.failure?.code ?? "taken";
const plain = (value: Exact | undefined) => (value === undefined ? "none" : text(trim(value)));
const ISOLATED = accountKey("BTCUSDT:one-way");

const tiers = [
  tier("0", "100000", "0.005", "0"),
  tier("100000", "200000", "0.01", "500"),
  tier("200000", "1000000", "0.02", "2500"),
];
const TERMS = termsOf({
  contracts: {
    BTCUSDT: linear({ tick: dec("0.1"), tiers, takerFee: dec("0.0005") }),
    BTCUSD: inverse("BTC", { tick: dec("0.5"), takerFee: dec("0.0005") }),
  },
});
const scene = (prices: Readonly<Record<string, string>> = {}, terms: BybitTerms = TERMS) =>
  sceneOf({ BTCUSDT: "50000", BTCUSD: "50000", USDT: "1", BTC: "50000", ...prices }, terms);
/** Everything fills at one price. */
const at = (price: string): Market => ({ fill: () => known(dec(price), NOW) });

const line = (body: Body, key: AccountKey, where: Scene<BybitTerms>, name = "maintenance") =>
  margin.assess(body, key, where).lines.find((each) => each.name === name);

describe("state", () => {
  test("the wallet has both rates, an isolated position its own line, the wallet beside it none", () => {
    const cross = bodyOf({ USDT: "20000" }, [position("BTCUSDT", "2", "50000")]);
    expect(margin.assess(cross, WALLET, scene()).lines.map(({ name }) => name)).toEqual(["initial", "maintenance"]);
    const isolated = bodyOf({ USDT: "100" }, [position("BTCUSDT", "1", "50000", { posted: "5000" })]);
    expect(margin.accounts(isolated)).toEqual([WALLET, ISOLATED]);
    expect(margin.assess(isolated, ISOLATED, scene()).lines.map(({ name }) => name)).toEqual(["maintenance"]);
    expect(margin.assess(isolated, WALLET, scene())).toMatchObject({ equity: { is: "known" }, lines: [] });
  });

  test("both sides of a hedge are charged, each in its own tier", () => {
    const hedge = bodyOf({ USDT: "50000" }, [
      position("BTCUSDT", "3", "50000", { side: "long" }),
      position("BTCUSDT", "-1", "50000", { side: "short" }),
    ]);
    // 150,000 in tier 2 and 50,000 in tier 1, with 0.05 % * 0.9 and 0.05 % * 1.1
    expect(plain(line(hedge, WALLET, scene())?.required)).toBe(`${1000 + 67.5 + 250 + 27.5}`);
  });

  test("portfolio margin is unknown, never safe", () => {
    const body = bodyOf({ USDT: "50000" }, [position("BTCUSDT", "1", "50000")], { mode: "portfolio" });
    expect(margin.assess(body, WALLET, scene())).toMatchObject({
      equity: { is: "unknown", why: { code: "bybit/portfolio-margin" } },
      lines: [],
    });
    expect(margin.compile(body, WALLET, scene(), "maintenance")).toHaveProperty("unknown");
    expect(margin.levers?.(body, WALLET, scene())).toEqual([]);
  });

  // oxfmt-ignore
  test.each([
    ["a mark",          { ...TERMS },                                   ["BTCUSDT"], "bybit/no-price"],
    ["an index",        { ...TERMS },                                   ["USDT"],    "bybit/no-price"],
    ["risk limits",     { ...TERMS, contracts: {} },                    [],          "bybit/no-terms"],
    ["a coin's ratios", { ...TERMS, coins: {} },                        [],          "bybit/no-coin-terms"],
  ] as const)("without %s all is unknown", (_case, terms, missing, code) => {
    const full = scene({}, terms);
    const quotes = new Map([...full.quotes].filter(([key]) => !missing.some((name) => key.includes(`:${name}:`))));
    const body = bodyOf({ USDT: "5000" }, [position("BTCUSDT", "1", "50000")]);
    expect(margin.assess(body, WALLET, { ...full, quotes })).toMatchObject({ equity: { is: "unknown", why: { code } }, lines: [] });
  });

  test("a debt whose rate is not known requires all of itself, a coin switched off counts for nothing", () => {
    const coins = { USDT: { ratios: [{ rate: dec("1") }] }, BTC: { ratios: [{ rate: dec("0.9") }] } };
    const body = bodyOf({ USDT: "-1000", BTC: "1" }, []);
    const off = { ...body, balances: body.balances.map((each) => ({ ...each, collateral: each.coin !== "BTC" })) };
    expect(line(body, WALLET, scene({}, { ...TERMS, coins }))).toMatchObject({
      required: { digits: 1000n },
      crossed: false,
    });
    expect(plain(line(off, WALLET, scene({}, { ...TERMS, coins }))?.surplus)).toBe("-2000");
  });
});

describe("actions", () => {
  const order = (side: "buy" | "sell", size: string, more: Record<string, unknown> = {}) =>
    ({
      do: "order",
      instrument: "BTCUSDT",
      side,
      size: dec(size),
      limit: dec("50000"),
      reduceOnly: true,
      ...more,
    }) as const;
  const hedge = bodyOf({ USDT: "50000" }, [
    position("BTCUSDT", "3", "50000", { side: "long" }),
    position("BTCUSDT", "-1", "50000", { side: "short" }),
  ]);

  test("a sell reduces the long side, a buy the short one", () => {
    const left = (side: "buy" | "sell") =>
      sure(margin.apply(hedge, order(side, "1"), scene())).positions.map(({ size }) => plain(size));
    expect([left("sell"), left("buy")]).toEqual([["2", "-1"], ["3"]]);
  });

  // oxfmt-ignore
  test.each([
    ["opening",          order("sell", "1", { reduceOnly: false }),        "bybit/not-reduce-only"],
    ["off the step",     order("sell", "0.0005"),                          "bybit/size-off-step"],
    ["off the tick",     order("sell", "1", { limit: dec("50000.05") }),   "bybit/limit-off-tick"],
    ["too much",         order("sell", "4"),                               "bybit/closes-too-much"],
    ["another symbol",   order("sell", "1", { instrument: "PEPEUSDT" }),   "bybit/no-terms"],
    ["nothing held",     order("sell", "1", { instrument: "BTCUSD" }),     "bybit/no-position"],
    ["an unknown order", { do: "cancel", order: "x" } as const,            "bybit/no-order"],
    ["a loan",           { do: "repay", asset: assetId("USDT"), amount: dec("1") } as const, "bybit/no-such-action"],
  ] as const)("%s is refused", (_case, action, code) => {
    expect(codeOf(margin.apply(hedge, action, scene()))).toBe(code);
  });

  test("levers are taken by apply, at least by a step and at most by what they say", () => {
    const isolated = bodyOf({ USDT: "1000.00005" }, [position("BTCUSDT", "-1.0005", "50000", { posted: "3000" })]);
    const own = margin.levers?.(isolated, ISOLATED, scene()) ?? [];
    expect(own.map(({ use, on, most }) => `${use} ${on} ${plain(most)}`)).toEqual([
      "add-margin USDT 1000",
      "reduce BTCUSDT 1",
    ]);
    const slip = dec("0.00033");
    const health = (of: Body) => toNumber(line(of, ISOLATED, scene())!.health);
    const [add, reduce] = own.map(
      (lever) => (amount: Exact) => health(sure(margin.apply(isolated, lever.act(amount, slip), scene()))),
    );
    expect(add!(own[0]!.step)).toBeGreaterThan(health(isolated));
    expect(add!(own[0]!.most)).toBeGreaterThan(add!(own[0]!.step));
    // a part that is closed takes its share of the margin with it
    for (const amount of [own[1]!.step, own[1]!.most]) expect(reduce!(amount)).toBeGreaterThanOrEqual(health(isolated));
    // a buy up to 50,016.5, on the tick
    expect(own[1]?.act(dec("1"), slip)).toMatchObject({ side: "buy", limit: dec("50016.5") });
  });

  test("margin moves as far as it can be spared", () => {
    const isolated = bodyOf({ USDT: "1000" }, [position("BTCUSDT", "1", "50000", { posted: "6000" })]);
    const held = { ...isolated, balances: isolated.balances.map((each) => ({ ...each, orderMargin: dec("400") })) };
    const move = (from: AccountKey, to: AccountKey, amount: string) =>
      margin.apply(held, { do: "move-margin", from, to, asset: assetId("USDT"), amount: dec(amount) }, scene());
    expect(plain(sure(move(WALLET, ISOLATED, "600")).positions[0]?.posted)).toBe("6600");
    expect(codeOf(move(WALLET, ISOLATED, "600.01"))).toBe("bybit/margin-insufficient");
    // 6000 - 5000 - 0.05 % * 0.9 of 50,000
    expect(codeOf(move(ISOLATED, WALLET, "977.5"))).toBe("taken");
    expect(codeOf(move(ISOLATED, WALLET, "977.6"))).toBe("bybit/margin-insufficient");
    expect(codeOf(move(ISOLATED, WALLET, "0.00001"))).toBe("bybit/bad-amount");
    expect(codeOf(move(ISOLATED, ISOLATED, "1"))).toBe("bybit/no-such-move");
  });

  test("a profit cannot be taken out of an isolated position, a loss stays in it; its initial margin is the one of entry", () => {
    const body = bodyOf({ USDT: "0" }, [position("BTCUSDT", "1", "50000", { posted: "6000" })]);
    const free = (mark: string) => {
      const { free: spare } = margin.assess(body, ISOLATED, scene({ BTCUSDT: mark }));
      return spare.is === "known" ? plain(spare.value) : spare.is;
    };
    expect([free("60000"), free("50000"), free("49500"), free("45000")]).toEqual(["977.5", "977.5", "477.5", "0"]);
  });
});

describe("what the venue does", () => {
  const fill = (trade: "buy" | "sell", size: string, price: string, more: Record<string, unknown> = {}) =>
    ({
      was: "fill",
      body: { symbol: "BTCUSDT", side: "one-way", trade, size: dec(size), price: dec(price), fee: dec("1"), ...more },
    }) as const;

  test("an isolated trade posts value / leverage and the fee to close, and adds to the average entry", () => {
    const empty = bodyOf({ USDT: "10000" }, [], { mode: "isolated" });
    const opened = sure(margin.apply(empty, fill("buy", "1", "50000", { leverage: dec("10") }), scene()));
    expect([plain(opened.positions[0]?.posted), plain(opened.balances[0]?.cash)]).toEqual(["5022.5", "4976.5"]);
    const more = sure(margin.apply(opened, fill("buy", "1", "40000"), scene()));
    expect([plain(more.positions[0]?.entry), plain(more.positions[0]?.posted)]).toEqual(["45000", "9040.5"]);
    expect(codeOf(margin.apply(empty, fill("buy", "1", "50000"), scene()))).toBe("bybit/no-position");
  });

  test("a trade beyond a one-way position turns it, in hedge mode it is refused", () => {
    const long = bodyOf({ USDT: "10000" }, [position("BTCUSDT", "1", "50000")]);
    const turned = sure(margin.apply(long, fill("sell", "3", "51000"), scene()));
    expect(turned.positions.map(({ size, entry }) => `${plain(size)} @ ${plain(entry)}`)).toEqual(["-2 @ 51000"]);
    expect(plain(turned.balances[0]?.cash)).toBe("10999");
    const hedged = bodyOf({ USDT: "10000" }, [position("BTCUSDT", "1", "50000", { side: "long" })]);
    expect(codeOf(margin.apply(hedged, fill("sell", "3", "51000", { side: "long" }), scene()))).toBe(
      "bybit/closes-too-much",
    );
  });

  test("an inverse average is harmonic: 1/3 and 2/3 of the dollars at 40,000 and 50,000", () => {
    const body = bodyOf({ BTC: "5" }, [position("BTCUSD", "40000", "40000", { coin: "BTC" })]);
    const more = {
      was: "fill",
      body: { symbol: "BTCUSD", side: "one-way", trade: "buy", size: dec("50000"), price: dec("50000"), fee: dec("0") },
    } as const;
    // 90,000 USD bought for 1 + 1 BTC
    expect(plain(sure(margin.apply(body, more, scene())).positions[0]?.entry)).toBe("45000");
  });

  const funded = (everyMs: number | undefined, rate = "0.0001") => ({
    funding: [
      {
        symbol: "BTCUSDT",
        rate: dec(rate),
        next: ms(NOW + 3_600_000),
        ...(everyMs !== undefined && { everyMs: ms(everyMs) }),
      },
    ],
  });

  test("funding of an isolated position comes from its margin and moves its liquidation price", () => {
    const body = bodyOf({ USDT: "10" }, [position("BTCUSDT", "1", "50000", { posted: "5022.5" })], funded(14_400_000));
    const price = (of: Body) => plain(sure(liquidationPrice(of, ISOLATED, "BTCUSDT", scene())).down);
    // settlements after 1, 5 and 9 hours of 5 USDT each
    const later = margin.advance(body, ms(NOW + 9 * 3_600_000), scene());
    expect([plain(later.positions[0]?.posted), plain(later.balances[0]?.cash)]).toEqual(["5007.5", "10"]);
    expect(later.funding[0]?.next).toBe(NOW + 13 * 3_600_000);
    // (45000 + 15 / 0.9995) / 0.995
    expect([price(body), price(later)]).toEqual(["45226.2", "45241.3"]);
    const once = margin.advance({ ...body, ...funded(undefined) }, ms(NOW + 99 * 3_600_000), scene());
    expect([plain(once.positions[0]?.posted), once.funding]).toEqual(["5017.5", []]);
  });

  test("what is booked goes to the position that is named, else to the wallet", () => {
    const body = bodyOf({ USDT: "10" }, [position("BTCUSDT", "1", "50000", { posted: "5000" })]);
    const booked = (was: "funding" | "interest", named: boolean) => {
      const of = named ? { position: { symbol: "BTCUSDT", side: "one-way" as const } } : {};
      const after = sure(margin.apply(body, { was, body: { coin: "USDT", amount: dec("-3"), ...of } }, scene()));
      return [plain(after.positions[0]?.posted), plain(after.balances[0]?.cash)];
    };
    expect([booked("funding", true), booked("interest", false)]).toEqual([
      ["4997", "10"],
      ["5000", "7"],
    ]);
  });

  test("a form's accrual a day is what a day of settlements and charges does to the surplus", () => {
    const day = 86_400_000;
    const accrues = (body: Body, key: AccountKey) => {
      const compiled = margin.compile(body, key, scene(), "maintenance");
      if (!("form" in compiled)) throw new Error("no form");
      const { form } = compiled;
      const quotes = sure(readQuotes(form, scene()));
      const perDay = sumAt(form.accrual!, factorValues(form.factors, quotes), form);
      const later = margin.advance(body, ms(NOW + day), scene());
      const surplus = (of: Body) => toNumber(line(of, key, scene())!.surplus);
      return [perDay, surplus(later) - surplus(body)] as const;
    };
    const isolated = bodyOf(
      {},
      [position("BTCUSDT", "-1", "50000", { posted: "5000" })],
      funded(28_800_000, "-0.0001"),
    );
    // 15 USDT, and the fee to close with a bankruptcy price that far nearer
    const [steady, settled] = accrues(isolated, ISOLATED);
    expect([steady, settled]).toEqual([expect.closeTo(-15 * (1 - 0.0005 / 1.0005), 9), expect.closeTo(steady, 9)]);
    const owed = bodyOf({ USDT: "-1000", BTC: "1" }, [position("BTCUSDT", "0.01", "50000")]);
    const rated = { ...owed, balances: owed.balances.map((each) => ({ ...each, hourlyRate: dec("0.000001") })) };
    // 24 charges of 0.001, each requiring 4 % of itself; interest on interest is beyond the sixth digit
    const [charged, taken] = accrues(rated, WALLET);
    expect([charged, taken]).toEqual([expect.closeTo(-0.024 * 1.04, 9), expect.closeTo(charged, 6)]);
  });

  const bounds = { floor: dec("-0.005"), cap: dec("0.004") };
  const capped = termsOf({ contracts: { BTCUSDT: linear({ funding: bounds }) } });
  const worst = (body: Body, terms = capped) => margin.atWorstRates!(body, scene({}, terms));

  test("at worst rates: the bound that costs most, each hour; where it has none, and for a debt, that is said", () => {
    const short = bodyOf({ USDT: "10000" }, [position("BTCUSDT", "-1", "50000")], funded(28_800_000));
    expect(sure(worst(short)).funding).toEqual([
      { symbol: "BTCUSDT", rate: bounds.floor, next: NOW + 3_600_000, everyMs: 3_600_000 },
    ]);
    const long = { ...short, positions: [position("BTCUSDT", "1", "50000")] };
    const after = margin.advance(sure(worst(long)), ms(NOW + 2 * 3_600_000), scene());
    expect(plain(after.balances[0]?.cash)).toBe("9600");
    // no settlement is known: the next full hour
    const written = { ...long, funding: [] };
    expect(sure(worst(written)).funding).toMatchObject([{ rate: bounds.cap, next: NOW + 3_600_000 }]);
    const both = (posted?: string) => {
      const more = posted === undefined ? {} : { posted };
      const pair = [
        position("BTCUSDT", "1", "50000", { side: "long", ...more }),
        position("BTCUSDT", "-1", "50000", { side: "short", ...more }),
      ];
      return bodyOf({ USDT: "10000" }, pair, funded(28_800_000));
    };
    expect(sure(worst(both())).funding).toEqual([]);
    const of = (body: Body, terms?: BybitTerms) => {
      const result = worst(body, terms);
      return result.ok ? "bounded" : [result.failure.code, result.failure.facts["of"]];
    };
    expect(of(both("5000"))).toEqual(["bybit/no-worst-rate", "BTCUSDT"]);
    expect(of(long, TERMS)).toEqual(["bybit/no-worst-rate", "BTCUSDT"]);
    expect(of(bodyOf({ USDT: "-1", BTC: "1" }, []))).toEqual(["bybit/no-worst-rate", "USDT"]);
  });

  test("the date at which funding alone liquidates: 1,000 less 274.75 are 145.05 settlements of 5, and 3.6 of 200 an hour", () => {
    // maintenance 50000 x 0.005, fee to close 50000 x 0.00055 x 0.9; the first settlement is an hour away
    const body = bodyOf({ USDT: "1000" }, [position("BTCUSDT", "1", "50000")], funded(28_800_000));
    const holding = { id: holdingId("h"), venue: BYBIT, rules: MARK_RULES, asOf: NOW, body };
    const engine = bindEngine(margin, ok as (raw: unknown) => Result<Body, Why>, () => ok(capped), readEffect);
    const { atPresent, atWorst } = carryOf(engine, holding, WALLET, scene({}, capped));
    const hours = (figure: Figure<Ms>) =>
      figure.is === "known" ? Math.floor((figure.value - NOW) / 1_000) / 3_600 : figure.is;
    expect([hours(atPresent), hours(atWorst)]).toEqual([1 + 145 * 8, 1 + 3]);
  });

  test("interest on cash below 0, hourly five minutes past, on interest too; nothing at a rate that is not known", () => {
    const owed = bodyOf({ USDT: "-1000", BTC: "1" }, []);
    const rated = { ...owed, balances: owed.balances.map((each) => ({ ...each, hourlyRate: dec("0.001") })) };
    const cash = (of: Body, minutes: number) =>
      plain(margin.advance(of, ms(NOW + minutes * 60_000), scene()).balances[0]?.cash);
    expect([cash(rated, 4), cash(rated, 5), cash(rated, 64), cash(rated, 65)]).toEqual([
      "-1000",
      "-1001",
      "-1001",
      "-1002.001",
    ]);
    expect(cash(owed, 600)).toBe("-1000");
    expect(plain(margin.advance(rated, ms(NOW + 3_600_000), scene()).balances[1]?.cash)).toBe("1");
  });
});

test.each([
  ["linear", "BTCUSDT", "-1", "up"],
  ["inverse", "BTCUSD", "50000", "down"],
] as const)(
  "%s: a form ends with the rows that are known, and beyond them it has no price",
  (type, symbol, size, way) => {
    // posted so that the price lies where the value is about 1.5 times what it is: 75,000 USDT, 1.5 BTC
    const account = (cap: string, complete: boolean, posted: string, mode: "cross" | "isolated") => {
      const change = { tiers: [tier("0", cap, "0.005", "0")], complete };
      const contract = type === "linear" ? linear(change) : inverse("BTC", change);
      const coin = type === "linear" ? "USDT" : "BTC";
      const held = position(symbol, size, "50000", mode === "isolated" ? { coin, posted } : { coin });
      const body = bodyOf(mode === "isolated" ? {} : { [coin]: posted }, [held]);
      return [body, margin.accounts(body).at(-1)!, scene({}, termsOf({ contracts: { [symbol]: contract } }))] as const;
    };
    const found = (...of: Parameters<typeof account>) => {
      const [body, key, where] = account(...of);
      const compiled = margin.compile(body, key, where, "maintenance");
      if (!("form" in compiled)) throw new Error("no form");
      const quotes = sure(readQuotes(compiled.form, where));
      const prices = liquidationPrices(compiled.form, quotes, compiled.form.quotes.indexOf(markKey(symbol)));
      return [prices[way], prices.searched[way === "up" ? "high" : "low"]] as const;
    };
    const priced = (...of: Parameters<typeof account>) => {
      const [body, key, where] = account(...of);
      const price = liquidationPrice(body, key, symbol, where);
      return price.ok ? (price.value[way] === undefined ? "none" : "known") : price.failure.code;
    };
    const [unit, posted] = type === "linear" ? [1, "25000"] : [1 / 50_000, "0.5"];
    const capAt = (value: number) => `${value * 50_000 * unit}`;
    const priceAt = (value: number) => (way === "up" ? 50_000 * value : 50_000 / value);
    for (const mode of ["cross", "isolated"] as const) {
      const [near] = found(capAt(1.6), false, posted, mode);
      expect(near! / priceAt(1.5)).toBeCloseTo(1, 1);
      expect(found(capAt(1.2), true, posted, mode)[0]).toBe(near);
      const [beyond, end] = found(capAt(1.2), false, posted, mode);
      expect(beyond).toBeUndefined();
      expect(end).toBeCloseTo(priceAt(1.2), 6);
      expect(priced(capAt(1.2), false, posted, mode)).toBe("bybit/beyond-tiers");
      expect(priced(capAt(1.2), true, posted, mode)).toBe("known");
    }
  },
);

describe("liquidation", () => {
  const sumOf = (steps: readonly Step<Body>[], of: "taken" | "fee" | "badDebt") =>
    steps.flatMap((step) => step[of]).reduce((sum, { amount }) => sum + toNumber(amount), 0);
  const take = (body: Body, key: AccountKey, where: Scene<BybitTerms>, market: Market) =>
    margin.liquidate(body, key, where, market, "worst-for-owner");

  test("isolated in the lowest tier: taken over at the bankruptcy price, the posted margin is gone", () => {
    const body = bodyOf({ USDT: "77" }, [position("BTCUSDT", "1", "50000", { posted: "5022.5" })], {
      orders: [{ id: "a", symbol: "BTCUSDT", side: "one-way", opens: dec("1") }],
    });
    const steps = take(body, ISOLATED, scene({ BTCUSDT: "45200" }), at("45200"));
    expect(steps.map(({ what }) => what.split(" ")[0])).toEqual(["cancel", "take"]);
    expect(steps.at(-1)?.after).toMatchObject({ positions: [], orders: [], balances: [{ cash: dec("77") }] });
    expect(sumOf(steps, "taken")).toBe(222.5);
    expect(sumOf(take(body, ISOLATED, scene({ BTCUSDT: "44000" }), at("44000")), "badDebt")).toBe(977.5);
  });

  test("exactly at the line the venue takes it", () => {
    // 0.5 % of 50,000 and 0.05 % of the bankruptcy price (50,000 - 274.875) / 0.9995 = 49,750
    const body = bodyOf({}, [position("BTCUSDT", "1", "50000", { posted: "274.875" })]);
    expect(plain(line(body, ISOLATED, scene())?.surplus)).toBe("0");
    expect(take(body, ISOLATED, scene(), at("50000"))).toHaveLength(1);
  });

  test("isolated in a higher tier: one order down to a tier in which the rest is safe", () => {
    // 5 @ 50,000 at 20x is in tier 3; at 47,900 its value is 239,500
    const body = bodyOf({ USDT: "0" }, [position("BTCUSDT", "5", "50000", { leverage: "20", posted: "12618.75" })]);
    const where = scene({ BTCUSDT: "47900" });
    expect(line(body, ISOLATED, where)?.crossed).toBe(true);
    const [step, ...rest] = take(body, ISOLATED, where, at("47900"));
    // (239,500 - 200,000) / 47,900 in steps of 0.001, up
    expect([step?.what, rest]).toEqual(["close 0.825 of BTCUSDT:one-way at 47900", []]);
    expect(line(step!.after, ISOLATED, where)?.crossed).toBe(false);
    const before = toNumber(line(body, ISOLATED, where)!.surplus) + toNumber(line(body, ISOLATED, where)!.required);
    const equity =
      toNumber(line(step!.after, ISOLATED, where)!.surplus) + toNumber(line(step!.after, ISOLATED, where)!.required);
    expect(before - equity).toBeCloseTo(sumOf([step!], "taken") + sumOf([step!], "fee"), 9);
    // a market 3 % away leaves nothing that could be saved
    expect(take(body, ISOLATED, where, at("46000")).map(({ what }) => what.slice(0, 9))).toEqual(["take over"]);
  });

  test("the wallet: orders, then repayment from other coins, then down the tiers until above the line", () => {
    const body: Body = {
      ...bodyOf({ USDT: "-60000", BTC: "1.6" }, [position("BTCUSDT", "5", "50000")]),
      orderLoss: dec("500"),
      orders: [{ id: "a", symbol: "BTCUSDT", side: "one-way", opens: dec("1") }],
    };
    const where = scene({ BTCUSDT: "46000", BTC: "46000" });
    expect(line(body, WALLET, where)?.crossed).toBe(true);
    const market: Market = {
      fill: (instrument, side) =>
        side === "sell" ? known(dec(instrument === "BTC/USDT" ? "45950" : "45990"), NOW) : unknown(why("no-book")),
    };
    const steps = take(body, WALLET, where, market);
    expect(steps.map(({ what }) => what)).toEqual([
      "cancel 1 open orders",
      "sell 1.6 BTC at 45950 to repay USDT (estimate)",
      "close 0.653 of BTCUSDT:one-way at 45990",
      "close 2.174 of BTCUSDT:one-way at 45990",
      expect.stringContaining("take over BTCUSDT:one-way at the bankruptcy price"),
    ]);
    expect(steps.at(-1)?.after.positions).toEqual([]);
    // 80,000 held at 46,000 less 60,000 owed, 20,000 lost, all slippage and fees: what was missing at the end
    const [taken, fee, bad] = [sumOf(steps, "taken"), sumOf(steps, "fee"), sumOf(steps, "badDebt")];
    expect(1.6 * 46_000 - 60_000 - 20_000 - taken - fee + bad).toBeCloseTo(0, 6);
    // where no price is known the steps end
    expect(take(body, WALLET, where, { fill: () => unknown(why("no-book")) })).toHaveLength(1);
  });

  test("a debt is repaid no further than it goes, at the fill's price, its slippage counted in USD", () => {
    const terms = termsOf({
      contracts: TERMS.contracts,
      coins: { ...TERMS.coins, EUR: { ratios: [{ rate: dec("1") }] } },
    });
    const body: Body = { ...bodyOf({ EUR: "-1000", BTC: "0.03" }, []), orderLoss: dec("0") };
    const where = sceneOf({ EUR: "1.2", BTC: "50000" }, terms);
    // 1,200 owed and all of it required against 1,470 of collateral
    const [repay] = take(body, WALLET, where, at("41000"));
    expect(repay?.what).toBe("sell 0.024000000000000000 BTC at 41000 to repay EUR (estimate)");
    expect(repay?.after.balances.map(({ cash }) => plain(cash))).toEqual(["-16", "0.006"]);
    expect(sumOf([repay!], "taken")).toBeCloseTo(0.024 * 50_000 - 0.024 * 41_000 * 1.2, 9);
  });

  test("an inverse position steps down by dollars: coins over the tier times the mark", () => {
    const rows = [tier("0", "1", "0.005", "0"), tier("1", "10", "0.01", "0.005")];
    const terms = termsOf({ contracts: { BTCUSD: inverse("BTC", { tiers: rows, takerFee: dec("0.0005") }) } });
    const body = bodyOf({ BTC: "0" }, [
      position("BTCUSD", "100000", "50000", { coin: "BTC", leverage: "20", posted: "0.1" }),
    ]);
    // 2 BTC at entry; at 48,000 2.0833, 1.0833 * 48,000 = 52,000 dollars over the first tier
    const steps = take(
      body,
      accountKey("BTCUSD:one-way"),
      sceneOf({ BTCUSD: "48000", BTC: "48000" }, terms),
      at("48000"),
    );
    expect(steps.map(({ what }) => what)).toEqual(["close 52000 of BTCUSD:one-way at 48000"]);
  });

  test("the largest requirement goes first unless another is named; above the line nothing is taken", () => {
    const body = bodyOf({ USDT: "400", BTC: "0" }, [
      position("BTCUSDT", "1", "50000"),
      position("BTCUSD", "10000", "50000", { coin: "BTC" }),
    ]);
    const where = scene({ BTCUSDT: "49800" });
    const first = (chooser: Parameters<typeof margin.liquidate>[4]) =>
      margin.liquidate(body, WALLET, where, at("49800"), chooser)[0]?.what.split(" ")[3];
    expect([first("worst-for-owner"), first({ fixed: ["BTCUSD:one-way"] })]).toEqual([
      "BTCUSDT:one-way",
      "BTCUSD:one-way",
    ]);
    expect(take({ ...body, ...bodyOf({ USDT: "4000" }, body.positions) }, WALLET, where, at("49800"))).toEqual([]);
  });
});
