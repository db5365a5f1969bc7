import { bindEngine, factorValues, readQuotes, sumAt } from "@plimsoll/core/margin";
import { carryOf } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type Figure,
  type Ms,
  type Result,
  type Why,
  dec,
  holdingId,
  ms,
  ok,
  toNumber,
} from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { WALLET } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { liquidationPrice, margin } from "./margin.ts";
import { readEffect } from "./read-effect.ts";
import type { BybitTerms } from "./terms.ts";
import { NOW, bodyOf, linear, position, termsOf } from "./testing.ts";
import { BYBIT, MARK_RULES } from "./written.ts";
import { sure, codeOf, plain, ISOLATED, TERMS, scene, line } from "./testing/desk.ts";

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
