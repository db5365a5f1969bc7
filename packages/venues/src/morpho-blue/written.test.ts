import type { BookEvent } from "@plimsoll/core/book";
import { type Result, type Why, holdingId, ms, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { morphoBlue } from "./index.ts";
import { morphoAccount } from "./names.ts";

const id = holdingId("loans");
const at = ms(1_800_000_000_000);
const entry = (position: object = {}, rest: object = {}) => ({
  venue: "morpho-blue",
  positions: [
    {
      market: "wstETH-USDC-86-b323495f",
      collateral: "10 wstETH",
      debt: "25000 USDC",
      price: { price: "3600", unit: "USDC" },
      ...position,
    },
  ],
  ...rest,
});
const read = (raw: object): Result<readonly BookEvent[], Why> => {
  const written = morphoBlue.written.safeParse(raw);
  if (!written.success) throw new Error(written.error.message);
  return morphoBlue.readWritten(written.data, id, at);
};
function sceneOf(raw: object) {
  const events = read(raw);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  const quotes = new Map(
    events.value.flatMap((event) =>
      event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const] : [],
    ),
  );
  const [terms] = events.value.flatMap((event) => (event.type === "terms" ? [event.terms] : []));
  const [holding] = events.value.flatMap((event) => (event.type === "holding" ? [event.holding] : []));
  return { holding: holding!, scene: { now: at, quotes, terms: terms! } };
}
const account = morphoAccount("ethereum", "loans", "wstETH-USDC-86-b323495f");

test("a written debt is exactly the debt, and its health the share of the line", () => {
  const { holding, scene } = sceneOf(entry());
  expect(morphoBlue.engine.readable(holding, scene.terms)).toEqual({ ok: true, value: undefined });
  expect(morphoBlue.engine.accounts(holding)).toEqual([account]);
  const { lines, equity, unit } = morphoBlue.engine.assess(holding, account, scene);
  expect(lines.map(({ name, required, health }) => [name, text(required), text(health)])).toEqual([
    ["maintenance", "25000.000000", "1.238400000000000000"],
    ["borrow", "25000.000000", "1.238400000000000000"],
  ]);
  expect([unit, equity.is === "known" && text(equity.value)]).toEqual(["USDC", "11000.000000"]);
});

test("a borrow rate makes the debt grow, as e^rate does to three terms; without one no interest is counted", () => {
  const later = (raw: object) => {
    const { holding, scene } = sceneOf(raw);
    const year = ms(at + 31_536_000_000);
    const after = morphoBlue.engine.advance(holding, year, scene);
    return text(morphoBlue.engine.assess(after, account, { ...scene, now: year }).lines[0]!.required);
  };
  expect(later(entry())).toBe("25000.000000");
  // 25,000 x (1 + x + x^2 / 2 + x^3 / 6), where x is 0.1 less what the rate a second loses: 0.099999999988128
  expect(later(entry({ borrowRate: "0.1" }))).toBe("27629.166666");
});

test("a market of one's own needs its LLTV and decimals", () => {
  const own = { market: "mine", collateral: "0.5 WBTC", debt: "27000 EURC", price: { price: "88000", unit: "EURC" } };
  expect(read(entry(own))).toMatchObject({ ok: false, failure: { facts: { path: "positions.0.market" } } });
  const { holding, scene } = sceneOf(entry({ ...own, lltv: "0.86", decimals: { WBTC: 8, EURC: 6 } }));
  const mine = morphoAccount("ethereum", "loans", "mine");
  expect(text(morphoBlue.engine.assess(holding, mine, scene).lines[0]!.health)).toBe("1.401481481481481481");
});

// oxfmt-ignore
test.each([
  ["another collateral",     entry({ collateral: "10 stETH" }),                          "positions.0.collateral", /takes wstETH/],
  ["another loan token",     entry({ debt: "10 DAI" }),                                  "positions.0.debt",       /takes USDC/],
  ["another price unit",     entry({ price: { price: "1", unit: "USD" } }),              "positions.0.price.unit", /in USDC/],
  ["too many digits",        entry({ debt: "1.0000001 USDC" }),                          "positions.0.debt",       /6 decimals/],
  ["a stranger's token",     entry({}, { wallet: ["1 DAI"] }),                           "wallet.0",               /USDC, wstETH/],
  ["a token twice",          entry({}, { wallet: ["1 USDC", "2 USDC"] }),                "wallet.1",               /at most once/],
  ["an LLTV of 1",           entry({ market: "x", lltv: "1", decimals: { wstETH: 18, USDC: 6 } }), "positions.0.lltv", /below 1/],
  ["a market twice",         { ...entry(), positions: [...entry().positions, ...entry().positions] }, "positions.1.market", /once/],
] as const)("%s is refused where it stands", (_what, raw, path, next) => {
  const refused = read(raw);
  if (refused.ok) throw new Error("was taken");
  expect(refused.failure).toMatchObject({ code: "morpho-blue/written", facts: { path } });
  expect(refused.failure.facts["next"]).toMatch(next);
});
