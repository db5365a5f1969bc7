import type { Market, Step } from "@plimsoll/core/margin";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  compare,
  dec,
  known,
  multiply,
  subtract,
  text,
  toNumber,
  unknown,
  why,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { liquidationPrice, margin } from "./margin.ts";
import { NOW, bodyOf, contract, inverse, linear, loan, pairTerms, sceneOf, termsOf, tier } from "./testing.ts";

const STEPS = [
  tier("0", "100", "0.004"),
  tier("101", "200", "0.006"),
  tier("201", "400", "0.01"),
  tier("401", "1000", "0.02"),
];
const SWAP = "BTC-USDT-SWAP";
const TERMS = termsOf({
  contracts: {
    [SWAP]: linear({ size: dec("0.01"), lot: dec("1"), tiers: STEPS }),
    "BTC-USD-SWAP": inverse("BTC", "100"),
  },
  pairs: { "LTC-USDT": pairTerms("LTC", "USDT", "0.05", "0.001") },
});
const scene = (prices: Readonly<Record<string, string>>) => sceneOf(prices, TERMS);
const at100 = scene({ [SWAP]: "100000", "BTC-USD-SWAP": "100000", "LTC-USDT": "100", BTC: "100000", USDT: "1" });
const cross = accountKey("cross:USDT");
const own = accountKey(`${SWAP}:net`);
const requirement = (body: Body, account = cross, where = at100) =>
  margin.assess(body, account, where).lines.find(({ name }) => name === "maintenance");
const filledAt = (price: string): Market => ({ fill: () => known(dec(price), NOW) });

describe("tiers count contracts", () => {
  // oxfmt-ignore
  test.each([
    ["below the cap",                          "100",    [],                                                                        "450"],
    ["one lot above: the whole re-rates",      "101",    [],                                                                        "656.5"],
    ["short, the same",                        "-101",   [],                                                                        "656.5"],
    ["at the next cap",                        "200",    [],                                                                        "1300"],
    ["an open order counts before it fills",   "100",    [{ id: "1", instrument: SWAP, side: "net" as const, opens: dec("1") }],    "650"],
    ["an order of another instrument does not", "100",   [{ id: "1", instrument: "X", side: "net" as const, opens: dec("1") }],     "450"],
  ] as const)("%s", (_case, contracts, orders, required) => {
    const body = bodyOf({ USDT: "20000" }, [contract(SWAP, contracts, "100000")], { orders });
    expect(toNumber(requirement(body)!.required)).toBe(Number(required));
  });

  test("the requirement is linear in price: the tier of 101 contracts is the same at a tenth of the price", () => {
    const body = bodyOf({ USDT: "20000" }, [contract(SWAP, "101", "100000")]);
    expect(toNumber(requirement(body, cross, scene({ [SWAP]: "10000" }))!.required)).toBe(65.65);
  });
});

describe("unknown, with the reason, and never zero", () => {
  const position = contract(SWAP, "10", "100000");
  // oxfmt-ignore
  test.each([
    ["no mark",                        bodyOf({ USDT: "1000" }, [position]),                                                                  scene({}),                      "okx/no-price"],
    ["a size beyond the table",        bodyOf({ USDT: "1000" }, [contract(SWAP, "1001", "100000")]),                                          at100,                          "okx/beyond-tiers"],
    ["an instrument without terms",    bodyOf({ USDT: "1000" }, [contract("X-USDT-SWAP", "1", "1")]),                                         scene({ "X-USDT-SWAP": "1" }),  "okx/no-terms"],
    ["another settlement coin",        bodyOf({ BTC: "1" }, [contract(SWAP, "1", "1", { coin: "BTC" })]),                                     at100,                          "okx/other-coin"],
    ["no index of a coin held",        bodyOf({ USDT: "1000", BTC: "1" }, [position], { mode: "multi-currency" }),                            scene({ [SWAP]: "1", USDT: "1" }), "okx/no-price"],
    ["a coin without terms",           bodyOf({ USDT: "1000", DOGE: "1" }, [position], { mode: "multi-currency" }),                           at100,                          "okx/no-coin-terms"],
    ["portfolio margin",               bodyOf({ USDT: "1000" }, [position], { mode: "portfolio" }),                                           at100,                          "okx/portfolio-margin"],
  ] as const)("%s", (_case, body, where, code) => {
    const account = margin.accounts(body)[0]!;
    const { equity, lines } = margin.assess(body, account, where);
    expect(equity).toMatchObject({ is: "unknown", why: { code } });
    expect(lines).toEqual([]);
    expect(margin.compile(body, account, where, "maintenance")).toHaveProperty("unknown");
    expect(margin.levers!(body, account, where)).toEqual([]);
  });

  test("an index price does not stand in for a mark", () => {
    const body = bodyOf({ USDT: "1000" }, [position]);
    const quotes = new Map([...at100.quotes].map(([key, quote]) => [key, { ...quote, kind: "index" as const }]));
    expect(margin.assess(body, cross, { ...at100, quotes }).equity.is).toBe("unknown");
  });

  test("an isolated position of a portfolio account is modelled all the same", () => {
    const body = bodyOf({ USDT: "1" }, [contract(SWAP, "10", "100000", { isolated: "1000" })], { mode: "portfolio" });
    expect(toNumber(requirement(body, own)!.required)).toBe(45);
  });

  test("free margin is not known while a coin is owed", () => {
    const body = bodyOf({ BTC: "2", USDT: "-1" }, [], { mode: "multi-currency" });
    expect(margin.assess(body, accountKey("cross"), at100).free.is).toBe("unknown");
  });
});

test("lines: the venue's ratio is equity / requirement, warning at 300 %, liquidation at 100 %, equality counts", () => {
  const crossed = (cash: string) =>
    margin
      .assess(bodyOf({ USDT: cash }, [contract(SWAP, "100", "100000")]), cross, at100)
      .lines.map(({ name, crossed: is, health }) => [name, is, text(health).slice(0, 5)]);
  expect(crossed("1351")).toEqual([
    ["warn", false, "1.000"],
    ["maintenance", false, "3.002"],
  ]);
  expect(crossed("1350")).toEqual([
    ["warn", true, "1.000"],
    ["maintenance", false, "3.000"],
  ]);
  expect(crossed("451")).toEqual([
    ["warn", true, "0.334"],
    ["maintenance", false, "1.002"],
  ]);
  expect(crossed("450")).toEqual([
    ["warn", true, "0.333"],
    ["maintenance", true, "1.000"],
  ]);
});

test("cross price of one instrument freezes the others at their mark; long and short of one share it", () => {
  const terms = termsOf({ contracts: { "A-SWAP": linear(), "B-SWAP": linear() } });
  const body = bodyOf({ USDT: "1000" }, [
    contract("A-SWAP", "2", "1000", { side: "long" }),
    contract("A-SWAP", "-1", "1100", { side: "short" }),
    contract("B-SWAP", "-10", "50", { side: "short" }),
  ]);
  const found = liquidationPrice(body, cross, "A-SWAP", sceneOf({ "A-SWAP": "1000", "B-SWAP": "60" }, terms));
  // 1000 + 2(p - 1000) - (p - 1100) - 100 - 2.7 - 3p * 0.0045 = 0
  expect(found.ok && toNumber(found.value.down!)).toBeCloseTo(2.7 / 0.9865, 9);
  expect(found.ok && found.value.up).toBeUndefined();
});

test("more margin never brings liquidation nearer, and long and short mirror each other", () => {
  const priceOf = (contracts: string, posted: bigint) => {
    const body = bodyOf({}, [contract(SWAP, contracts, "100000", { isolated: `${posted}` })]);
    const found = liquidationPrice(body, own, SWAP, at100);
    if (!found.ok) throw new Error(found.failure.code);
    return found.value;
  };
  const amount = fc.bigInt({ min: 0n, max: 4_500n });
  fc.assert(
    fc.property(amount, amount, (posted, more) => {
      const [down, lower] = [priceOf("10", posted).down!, priceOf("10", posted + more).down!];
      expect(compare(lower, down) <= 0).toBe(true);
      // distance to entry of the short, (posted + 10,000) / 1.0045 - 10,000, against the long's, mirrored with the fee's sign
      const up = priceOf("-10", posted).up!;
      expect(toNumber(up) * 1.0045).toBeCloseTo(200_000 - toNumber(down) * 0.9955, 6);
    }),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 50) },
  );
});

describe("our own actions", () => {
  const order = (change: object = {}) =>
    ({
      do: "order",
      instrument: SWAP,
      side: "sell",
      size: dec("4"),
      limit: dec("99000"),
      reduceOnly: true,
      ...change,
    }) as const;
  const isolated = bodyOf({ USDT: "500" }, [contract(SWAP, "10", "100000", { isolated: "1000" })]);

  test("a reduce-only order fills whole at its limit and pays the taker fee", () => {
    const after = margin.apply(bodyOf({ USDT: "500" }, [contract(SWAP, "10", "100000")]), order(), at100);
    // 4 contracts of 0.01 lose 1,000 a coin, and pay 0.05 % of 3,960
    expect(after.ok && toNumber(after.value.balances[0]!.cash)).toBe(500 - 40 - 1.98);
    expect(after.ok && after.value.positions[0]).toMatchObject({ contracts: dec("6") });
  });

  test("of an isolated position the closed share of margin returns, less the loss", () => {
    const after = margin.apply(isolated, order(), at100);
    expect(after.ok && toNumber(after.value.balances[0]!.cash)).toBeCloseTo(500 + 400 - 41.98, 12);
    expect(after.ok && after.value.positions[0]!.margin).toMatchObject({ balance: dec("600.000000000000000000") });
    const gone = margin.apply(isolated, order({ size: dec("10") }), at100);
    expect(gone.ok && gone.value.positions).toEqual([]);
    expect(gone.ok && toNumber(gone.value.balances[0]!.cash)).toBeCloseTo(500 + 1000 - 100 - 4.95, 12);
  });

  test("an inverse position pays in its coin, rounded against the owner", () => {
    const body = bodyOf({ BTC: "1" }, [contract("BTC-USD-SWAP", "300", "90000", { coin: "BTC" })]);
    const after = margin.apply(
      body,
      order({ instrument: "BTC-USD-SWAP", size: dec("300"), limit: dec("100000") }),
      at100,
    );
    expect(after.ok && toNumber(after.value.balances[0]!.cash)).toBeCloseTo(1 + 30_000 / 90_000 - 0.3 - 0.00015, 15);
  });

  // oxfmt-ignore
  test.each([
    ["not reduce-only",       order({ reduceOnly: false }),                    "okx/not-reduce-only"],
    ["the wrong side",        order({ side: "buy" }),                          "okx/no-position"],
    ["more than is held",     order({ size: dec("11") }),                      "okx/closes-too-much"],
    ["a part of a lot",       order({ size: dec("0.5") }),                     "okx/size-off-step"],
    ["no size",               order({ size: dec("0") }),                       "okx/size-off-step"],
    ["a limit off the tick",  order({ limit: dec("99000.05") }),               "okx/limit-off-tick"],
    ["no terms",              order({ instrument: "X" }),                      "okx/no-terms"],
    ["an order that is gone", { do: "cancel", order: "1" } as const,           "okx/no-order"],
    ["a loan",                { do: "supply", asset: assetId("USDT"), amount: "all" } as const, "okx/no-such-action"],
  ] as const)("%s is refused", (_case, action, code) => {
    expect(margin.apply(isolated, action, at100)).toMatchObject({ ok: false, failure: { code } });
  });

  test("an instrument held cross and isolated is refused: an order does not say which", () => {
    const both = { ...isolated, positions: [...isolated.positions, contract(SWAP, "5", "100000")] };
    expect(margin.apply(both, order(), at100)).toMatchObject({ ok: false, failure: { code: "okx/two-positions" } });
  });

  const move = (amount: string, from = cross, to = own, asset = "USDT") =>
    ({ do: "move-margin", from, to, asset: assetId(asset), amount: dec(amount) }) as const;
  test("margin moves as far as the source can spare it, and back", () => {
    const there = margin.apply(isolated, move("500"), at100);
    expect(there.ok && there.value.positions[0]!.margin).toMatchObject({ balance: dec("1500.000000000000000000") });
    expect(there.ok && toNumber(there.value.balances[0]!.cash)).toBe(0);
    // initial margin of 10,000 at 10x is 1,000: nothing of 1,000 can leave, 500 of 1,500 can
    expect(margin.apply(isolated, move("0.00000001", own, cross), at100)).toMatchObject({
      ok: false,
      failure: { code: "okx/margin-insufficient" },
    });
    expect(there.ok && margin.apply(there.value, move("500", own, cross), at100)).toMatchObject({ ok: true });
    expect(margin.apply(isolated, move("500.00000001"), at100)).toMatchObject({ failure: { facts: { free: "500" } } });
  });

  // oxfmt-ignore
  test.each([
    ["to itself",               move("1", cross, cross),                            "okx/no-such-move"],
    ["from another coin's pool", move("1", accountKey("cross:BTC"), own),           "okx/no-such-move"],
    ["another asset",           move("1", cross, own, "BTC"),                       "okx/no-such-move"],
    ["nothing",                 move("0"),                                          "okx/bad-amount"],
    ["less than nothing",       move("-1"),                                         "okx/bad-amount"],
    ["too fine",                move("1.000000001"),                                "okx/bad-amount"],
  ] as const)("a move %s is refused", (_case, action, code) => {
    expect(margin.apply(isolated, action, at100)).toMatchObject({ ok: false, failure: { code } });
  });

  test("from all coins only what is there and free moves: nothing is borrowed", () => {
    const body = bodyOf(
      { USDT: "700", BTC: "0.01" },
      [
        contract(SWAP, "10", "100000", { isolated: "1000" }),
        contract("BTC-USD-SWAP", "150", "100000", { coin: "BTC" }),
      ],
      { mode: "multi-currency" },
    );
    const most = margin.levers!(body, own, at100).find(({ use }) => use === "add-margin")!.most;
    // 700 and 98 % of 1,000 less 1,500 initial margin of 15,000 USD
    expect(toNumber(most)).toBe(180);
    expect(margin.apply(body, move("180", accountKey("cross")), at100).ok).toBe(true);
    expect(margin.apply(body, move("180.00000001", accountKey("cross")), at100).ok).toBe(false);
  });

  test("every lever's action is taken by the engine at one step and at its most, and none brings the line nearer", () => {
    const bodies = [
      isolated,
      bodyOf({ USDT: "500" }, [contract(SWAP, "-10", "100000")]),
      bodyOf(
        { USDT: "900", BTC: "0.3" },
        [
          contract(SWAP, "120", "100000", { side: "long" }),
          contract("BTC-USD-SWAP", "-20", "90000", { coin: "BTC", side: "short", isolated: "0.01" }),
        ],
        { mode: "multi-currency" },
      ),
    ];
    let taken = 0;
    for (const body of bodies) {
      for (const account of margin.accounts(body)) {
        for (const lever of margin.levers!(body, account, at100)) {
          const { step, most, use } = lever;
          for (const amount of [step, most]) {
            const after = margin.apply(body, lever.act(amount, dec("0")), at100);
            expect(after).toMatchObject({ ok: true });
            taken++;
            const [before, now] = [
              requirement(body, account),
              after.ok ? requirement(after.value, account) : undefined,
            ];
            if (use === "add-margin") expect(compare(now!.surplus, before!.surplus)).toBe(1);
            if (use === "reduce" && now !== undefined) expect(compare(now.required, before!.required) <= 0).toBe(true);
          }
        }
      }
    }
    expect(taken).toBe(12);
  });
});

describe("funding", () => {
  const funding = [{ instrument: SWAP, rate: dec("0.0001"), next: NOW, everyMs: 28_800_000 as typeof NOW }];
  test("longs pay a positive rate on notional at mark, each interval, from their own margin when isolated", () => {
    const later = (NOW + 2 * 28_800_000) as typeof NOW;
    const body = bodyOf(
      { USDT: "500" },
      [contract(SWAP, "10", "90000"), contract(SWAP, "-10", "90000", { isolated: "100" })],
      { funding },
    );
    const after = margin.advance(body, later, at100);
    expect(toNumber(after.balances[0]!.cash)).toBe(497);
    expect(after.positions[1]!.margin).toMatchObject({ balance: dec("103.000000000000000000") });
    expect(after.funding[0]!.next).toBe(NOW + 3 * 28_800_000);
  });
  test("without an interval only the next one is settled", () => {
    const once = bodyOf({ USDT: "500" }, [contract(SWAP, "10", "90000")], {
      funding: [{ instrument: SWAP, rate: dec("0.0001"), next: NOW }],
    });
    const after = margin.advance(once, (NOW + 10 ** 9) as typeof NOW, at100);
    expect([toNumber(after.balances[0]!.cash), after.funding]).toEqual([499, []]);
  });
});

describe("liquidation", () => {
  const worth = (body: Body, coin: string, mark: Exact): Exact =>
    body.positions.reduce(
      (sum, each) =>
        each.kind === "contract" && each.coin === coin
          ? add(
              add(sum, multiply(multiply(each.contracts, dec("0.01")), subtract(mark, each.entry))),
              each.margin.mode === "isolated" ? each.margin.balance : dec("0"),
            )
          : sum,
      body.balances.find((each) => each.coin === coin)?.cash ?? dec("0"),
    );
  const total = (flows: Step<Body>["fee"]) => flows.reduce((sum, { amount }) => add(sum, amount), dec("0"));
  const expectBooked = (before: Body, { after, taken, fee, badDebt }: Step<Body>) => {
    const lost = subtract(worth(before, "USDT", dec("100000")), worth(after, "USDT", dec("100000")));
    expect(compare(lost, subtract(add(total(taken), total(fee)), total(badDebt)))).toBe(0);
  };
  const run = (body: Body, price: string, account = cross) => {
    const steps = margin.liquidate(body, account, at100, filledAt(price), "worst-for-owner");
    let before = body;
    for (const step of steps) {
      expectBooked(before, step);
      before = step.after;
    }
    return steps;
  };

  test("tier 4 steps down to the cap of tier 2, and stops once the account is above its line", () => {
    // 500 contracts need 2.05 % of 500,000; at 200 they need 0.65 % of 200,000
    const steps = run(bodyOf({ USDT: "10250" }, [contract(SWAP, "500", "100000")]), "100000");
    expect(steps.map(({ what }) => what)).toEqual([`close 300 contracts of ${SWAP}:net at 100000`]);
    expect(toNumber(total(steps[0]!.fee))).toBe(150);
    expect(steps[0]!.after.positions[0]).toMatchObject({ contracts: dec("200") });
  });

  test("when that is not enough the rest goes whole", () => {
    const steps = run(bodyOf({ USDT: "1200" }, [contract(SWAP, "-350", "100000")]), "100000");
    expect(steps.map(({ what }) => what.split(" of ")[0])).toEqual(["close 250 contracts"]);
    const more = run(bodyOf({ USDT: "500" }, [contract(SWAP, "-350", "100000")]), "100000");
    expect(more.map(({ what }) => what.split(" of ")[0])).toEqual(["close 250 contracts", "close 100 contracts"]);
    expect(more.at(-1)!.after.positions).toEqual([]);
  });

  test("open orders go first, and with what they froze the account may be whole again", () => {
    const body = bodyOf({ USDT: "500" }, [contract(SWAP, "100", "100000")], {
      orders: [{ id: "1", instrument: SWAP, side: "net", opens: dec("0") }],
    });
    const frozen = { ...body, balances: body.balances.map((each) => ({ ...each, frozen: dec("50") })) };
    const steps = margin.liquidate(frozen, cross, at100, filledAt("100000"), "worst-for-owner");
    expect(steps.map(({ what }) => what)).toEqual(["cancel 1 open orders"]);
    expect(steps[0]!.after.orders).toEqual([]);
  });

  test("a fill below bankruptcy is taken over: nothing left, nothing owed", () => {
    const taken = run(bodyOf({ USDT: "400" }, [contract(SWAP, "100", "100000")]), "99000");
    expect(taken.map(({ what }) => what.slice(0, 9))).toEqual(["take over"]);
    expect([toNumber(total(taken[0]!.taken)), taken[0]!.badDebt]).toEqual([400, []]);
    const isolated = run(bodyOf({ USDT: "7" }, [contract(SWAP, "100", "101000", { isolated: "400" })]), "99000", own);
    expect([isolated[0]!.taken, toNumber(total(isolated[0]!.badDebt))]).toEqual([[], 600]);
    expect(toNumber(isolated[0]!.after.balances[0]!.cash)).toBe(7);
  });

  test("the fee is never more than is left", () => {
    const [step] = run(bodyOf({ USDT: "30" }, [contract(SWAP, "100", "100000")]), "100000");
    expect(toNumber(total(step!.fee))).toBe(30);
  });

  test("no step above the line, none past an unknown fill, and none for spot margin alone", () => {
    const body = bodyOf({ USDT: "400" }, [contract(SWAP, "100", "100000")]);
    const blind: Market = { fill: () => unknown(why("no-book")) };
    expect(margin.liquidate(body, cross, at100, blind, "worst-for-owner")).toEqual([]);
    expect(run(bodyOf({ USDT: "451" }, [contract(SWAP, "100", "100000")]), "100000")).toEqual([]);
    const short = bodyOf({}, [loan("LTC-USDT", "USDT", ["0", "100"], ["1", "0"])]);
    expect(requirement(short, accountKey("LTC-USDT:margin"))!.crossed).toBe(true);
    expect(run(short, "100", accountKey("LTC-USDT:margin"))).toEqual([]);
  });
});
