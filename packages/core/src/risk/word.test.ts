import { expect, test } from "vitest";
import { type Assessment, boundariesAlone, formBuilder } from "@plimsoll/core/margin";
import { accountKey, assetId, dec, known, ms, quoteKey, unknown, why } from "@plimsoll/core/units";
import { worse, worstOf } from "./danger.ts";
import { familyOf } from "./levels.ts";
import { reachesOf } from "./reach.ts";
import { wordOf } from "./word.ts";

const assessment = (health: string, crossed = false): Assessment => ({
  account: accountKey("a"),
  unit: assetId("USD"),
  equity: known(dec("1"), ms(0)),
  free: known(dec("1"), ms(0)),
  lines: [
    {
      ...{ name: "maintenance", required: dec("1"), surplus: dec("1"), strict: true, meaning: "" },
      ...{ health: dec(health), crossed },
    },
  ],
  explain: { name: "", value: "" },
});
const moved = (share: number, multiplier = 1, isLoop = false) => ({
  moves: [{ what: "btc", quotes: [], falls: true, share, multiplier }],
  isLoop,
});

// source: field notes section 2: majors 30, 15, 10 %, ETH x 1.5, other volatile x 2; loops 1.06, 1.045, 1.03
// oxfmt-ignore
test.each([
  [0.31, 1, "safe"], [0.3, 1, "watch"], [0.15, 1, "act"], [0.1, 1, "danger"],
  [0.46, 1.5, "safe"], [0.45, 1.5, "watch"], [0.225, 1.5, "act"], [0.149, 1.5, "danger"],
  [0.61, 2, "safe"], [0.6, 2, "watch"], [0.3, 2, "act"], [0.2, 2, "danger"],
] as const)("at a distance of %d of prices that move %d times as far: %s", (share, multiplier, danger) => {
  expect(wordOf({ assessment: assessment("1.5"), reaches: moved(share, multiplier) }).danger).toBe(danger);
});

test.each([
  ["1.06", "safe"],
  ["1.0599", "watch"],
  ["1.0449", "act"],
  ["1.0299", "danger"],
] as const)("a loop at health %s is %s", (health, danger) => {
  expect(wordOf({ assessment: assessment(health), reaches: { moves: [], isLoop: true } }).danger).toBe(danger);
  expect(wordOf({ assessment: assessment(health), reaches: { moves: [], isLoop: false } }).danger).toBe("safe");
  expect(wordOf({ assessment: assessment(health), reaches: moved(0.01, 1, true) }).danger).toBe("danger");
});

test.each([
  ["danger", true, "danger"],
  ["watch", true, "watch"],
  [undefined, true, "safe"],
  ["danger", false, "safe"],
] as const)("another line that raises %s, crossed %s: %s; it never lowers a word", (raises, crossed, danger) => {
  const safe = assessment("1.5");
  const warn = { ...safe.lines[0]!, name: "warn" as const, crossed, ...(raises !== undefined && { raises }) };
  const both = { ...safe, lines: [...safe.lines, warn] };
  expect(wordOf({ assessment: both, reaches: moved(0.9) }).danger).toBe(danger);
  expect(wordOf({ assessment: both, reaches: moved(0.05) }).danger).toBe("danger");
});

/** `have` is the first quotes' coins, `need` the others' and dollars. */
const form = (have: Readonly<Record<string, number>>, need: Readonly<Record<string, number>>, dollars = 0) => {
  const build = formBuilder();
  for (const [key, coins] of Object.entries(have)) build.have.line(build.price(quoteKey(key)), coins);
  for (const [key, coins] of Object.entries(need)) build.need.line(build.price(quoteKey(key)), coins);
  build.need.add(dollars);
  const error = { absolute: 0, relative: 1e-15 };
  const made = build.build({ line: "maintenance", unit: "USD", atZero: "safe", error, compiledAtMs: 0 });
  const prices = made.quotes.map(() => 100);
  return reachesOf(made, prices, boundariesAlone(made, prices));
};
const [btc, weth, wsteth, usdc] = ["a:WBTC:oracle", "a:WETH:oracle", "a:wstETH:oracle", "a:USDC:oracle"] as const;

// source: worked by hand on prices of 100
test("families move as one, and everything volatile together", () => {
  // 2 coins against 100 dollars: half
  expect(form({ [btc]: 2 }, {}, 100).moves).toMatchObject([
    { what: btc, share: expect.closeTo(0.5, 9), multiplier: 1 },
  ]);
  // one BTC and one ETH against 100: neither alone, both by half
  expect(form({ [btc]: 1, [weth]: 1 }, {}, 100.0001).moves.at(-1)).toMatchObject({
    what: "btc+eth",
    share: expect.closeTo(0.5, 5),
    multiplier: 1,
  });
  // collateral of two ETH coins: they fall together; not a loop
  const both = form({ [weth]: 1, [wsteth]: 1 }, {}, 150);
  expect(both).toMatchObject({ isLoop: false, moves: [{ what: "eth", share: expect.closeTo(0.25, 9) }] });
  // wstETH against WETH: no common move reaches the line
  expect(form({ [wsteth]: 1.1 }, { [weth]: 1 })).toEqual({ isLoop: true, moves: [] });
  // a pegged coin owed: its rise by half
  const owed = form({ [btc]: 1.5 }, { [usdc]: 1 });
  expect(owed.moves).toContainEqual({
    ...{ what: usdc, quotes: [usdc], share: expect.closeTo(0.5, 9), falls: false, multiplier: 12.5 / 30 },
  });
});

test("the line itself, the unknown and nothing to liquidate", () => {
  const rest = { reaches: { moves: [], isLoop: false } };
  expect(wordOf({ assessment: assessment("0.99", true), ...rest }).danger).toBe("liquidatable");
  const missing = { ...assessment("1.5"), equity: unknown(why("quote-missing")), lines: [] };
  expect(wordOf({ assessment: missing, ...rest })).toEqual({ danger: "unknown", because: why("quote-missing") });
  expect(wordOf({ assessment: { ...assessment("1.5"), lines: [] }, ...rest }).danger).toBe("safe");
});

test("a probability can raise the word; a missing or small one never lowers it", () => {
  const near = { assessment: assessment("1.5"), reaches: moved(0.14) };
  expect(wordOf({ ...near, probability: {} }).danger).toBe("act");
  expect(wordOf({ ...near, probability: { withinDay: 0, withinHour: 0 } }).danger).toBe("act");
  expect(wordOf({ ...near, probability: { withinHour: 0.05 } })).toMatchObject({
    danger: "danger",
    because: { code: "probability" },
  });
  const far = { ...near, reaches: moved(0.9) };
  expect(
    ([0.009, 0.01, 0.05, 0.2] as const).map((withinDay) => wordOf({ ...far, probability: { withinDay } }).danger),
  ).toEqual(["safe", "watch", "act", "danger"]);
});

test.each([
  ["binance:BTCUSDT:mark", "btc"],
  ["aave-v3:core:cbBTC:oracle", "btc"],
  ["binance:ETHUSDC:mark", "eth"],
  ["aave-v3:core:weETH:oracle", "eth"],
  ["aave-v3:core:USDT:oracle", "usd"],
  ["aave-v3:core:sUSDe:oracle", "usd"],
  ["aave-v3:core:GHO:oracle", "usd"],
  ["binance:SOLUSDT:mark", "SOL"],
  ["binance:TETHERUSDT:mark", "TETHER"],
  ["bybit:BTCPERP:mark", "btc"],
  ["bybit:ETHUSDT-26DEC25:mark", "eth"],
  ["binance-coinm:BTCUSD_PERP:mark", "btc"],
  ["binance-coinm:BTCUSD_261225:mark", "btc"],
  ["okx:BTC-USDT-SWAP:mark", "btc"],
  ["okx:ETH-USD-261225:mark", "eth"],
  ["deribit:BTC-PERPETUAL:basis", "btc"],
  ["deribit:btc_usd:index", "btc"],
  ["deribit:ETH-25DEC26-3000-C:vol", "eth"],
  ["dydx-v4:BTC-USD:oracle", "btc"],
  ["hyperliquid:BTC:mark", "btc"],
  ["binance:PERPUSDT:mark", "PERP"],
  ["bybit:PERPPERP:mark", "PERP"],
])("%s moves with %s", (quote, family) => {
  expect(familyOf(quoteKey(quote)).name).toBe(family);
});

test("the worst of several, in the order safe, watch, act, unknown, danger, liquidatable", () => {
  expect(worstOf(["act", "unknown", "watch"])).toBe("unknown");
  expect(worstOf(["unknown", "danger"])).toBe("danger");
  expect(worstOf([])).toBe("safe");
  expect(worse("safe", "watch")).toBe("watch");
});
