import { accountKey, dec, invariant, ms, text, toNumber } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { EXPIRY, NOW, SHIPPED, bodyOf, position, sceneOf, termsWith } from "./testing.ts";

const HOUR = 3_600_000;
const [perpetual, dated, call] = ["BTC-PERPETUAL", `BTC-${EXPIRY}`, `BTC-${EXPIRY}-90000-C`];
const scene = sceneOf({
  "btc_usd:index": "100000",
  [`${perpetual}:basis`]: "1.001",
  [`${dated}:basis`]: "1.02",
  [`${call}:iv`]: "0.5",
  "sol_usdc:index": "150",
  "SOL_USDC-PERPETUAL:basis": "1",
});
const later = (body: Body, hours: number) => margin.advance(body, ms(NOW + hours * HOUR), scene);
const funded = (body: Body, instrument: string, rate: string): Body => ({
  ...body,
  funding: [{ instrument, rate: dec(rate), from: NOW }],
});
const balance = (body: Body) => text(body.wallets[0]!.balance);

describe("funding, paid all the time at the rate for eight hours", () => {
  // source: Deribit, funding specifications: rate * size * time / 8 hours; 500,000 dollars at 100,000 are 5 coins
  // oxfmt-ignore
  test.each([
    ["a long pays a positive rate",             "500000",  "0.0008", 8,  "0.99600000"],
    ["one minute is a 480th of it",             "500000",  "0.0008", 1 / 60, "0.99999166"],
    ["a short receives it",                     "-500000", "0.0008", 8,  "1.00400000"],
    ["a long receives a negative one",          "500000",  "-0.0008", 4, "1.00200000"],
    ["no time, no payment",                     "500000",  "0.0008", 0,  "1"],
  ] as const)("%s", (_case, size, rate, hours, expected) => {
    const body = funded(bodyOf({ BTC: "1" }, [position(perpetual, size, "100100")]), perpetual, rate);
    expect(balance(later(body, hours))).toBe(expected);
  });
  test("a linear one is paid in its dollars, and what is paid is not paid again", () => {
    const body = funded(
      bodyOf({ USDC: "10" }, [position("SOL_USDC-PERPETUAL", "100", "150")]),
      "SOL_USDC-PERPETUAL",
      "0.0001",
    );
    // 15,000 dollars * 0.01 % * 6/8
    const once = later(body, 6);
    expect(balance(once)).toBe("8.87500000");
    expect(balance(later(once, 6))).toBe("8.87500000");
  });
  test("a payment that the venue reports is booked as it is", () => {
    const body = bodyOf({ BTC: "1" }, [position(perpetual, "500000", "100100")]);
    const paid = margin.apply(body, { was: "funding", body: { instrument: perpetual, amount: dec("-0.004") } }, scene);
    expect(paid.ok && balance(paid.value)).toBe("0.99600000");
  });
});

describe("08:00 UTC", () => {
  test("profit of futures goes into the balance and counts from the mark on; equity stays", () => {
    const body = bodyOf({ BTC: "1" }, [position(perpetual, "500000", "90000"), position(dated, "-100000", "95000")]);
    const settled = later(body, 13);
    // 500,000 / 90,000 - 500,000 / 100,100 less 100,000 / 95,000 - 100,000 / 102,000, each cut against the owner
    expect(balance(settled)).toBe("1.48831113");
    expect(settled.positions.map(({ entry }) => toNumber(entry))).toEqual([100_100, 102_000]);
    const equity = (of: Body) => {
      const figure = margin.assess(of, accountKey("BTC"), scene).equity;
      invariant(figure.is === "known", "known");
      return toNumber(figure.value);
    };
    expect(equity(settled)).toBeCloseTo(equity(body), 7);
    expect(later(body, 11)).toEqual(body);
  });
  test("as an effect it is the same", () => {
    const body = bodyOf({ BTC: "1" }, [position(perpetual, "500000", "90000")]);
    const effect = { was: "settlement", body: { instrument: perpetual, mark: dec("100100") } } as const;
    const settled = margin.apply(body, effect, scene);
    expect(settled.ok && balance(settled.value)).toBe(balance(later(body, 13)));
  });
  test("what expires by then is delivered at the index, not at its basis", () => {
    const body = bodyOf({ BTC: "1" }, [position(call, "2", "0.1"), position(dated, "100000", "80000")]);
    const delivered = later(body, 37 * 24);
    // 2 * 10,000 / 100,000 and 100,000 / 80,000 - 100,000 / 100,000
    expect(balance(delivered)).toBe("1.45000000");
    expect(delivered.positions).toEqual([]);
  });
});

describe("funding at its cap", () => {
  const capped = termsWith({ futures: { ...SHIPPED.pairs["btc_usd"]!.futures!, fundingCap: dec("0.005") } });
  const quotes = { "btc_usd:index": "100000", [`${perpetual}:basis`]: "1.001", [`${dated}:basis`]: "1.02" };
  const at = sceneOf(quotes, capped);
  // source: funding specifications: the cap times the size, 5 coins, for 8 hours
  test.each([
    ["500000", "-0.0008", "0.97500000"],
    ["-500000", "0.0008", "0.97500000"],
  ])("%s dollars at a rate that pays now: %s", (size, rate, expected) => {
    const body = funded(bodyOf({ BTC: "1" }, [position(perpetual, size, "100100")]), perpetual, rate);
    const worst = margin.atWorstRates!(body, at);
    invariant(worst.ok, "the cap is known");
    expect(balance(margin.advance(worst.value, ms(NOW + 8 * HOUR), at))).toBe(expected);
  });
  test("a perpetual without a cap has no bound that is known, and without an index none that can be counted", () => {
    const body = bodyOf({ BTC: "1" }, [position(perpetual, "500000", "100100")]);
    expect(margin.atWorstRates!(body, scene)).toMatchObject({ failure: { code: "deribit/no-funding-bound" } });
    expect(margin.atWorstRates!(body, sceneOf({}, capped))).toMatchObject({ failure: { code: "deribit/no-quote" } });
  });
  test("what is delivered pays nothing for time", () => {
    const body = bodyOf({ BTC: "1" }, [position(dated, "500000", "102000"), position(call, "1", "0.1")]);
    expect(margin.atWorstRates!(body, scene)).toEqual({ ok: true, value: body });
  });
});
