import { join } from "node:path";
import type { BookEvent } from "@plimsoll/core/book";
import { type Exposure, costOfDay, exposuresOf, grossOf } from "@plimsoll/core/risk";
import { type Result, type Why, type Exact, accountKey, ms, toNumber } from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import { expect, test } from "vitest";
import { readBookFile } from "./files/book-file.ts";

const examples = join(import.meta.dirname, "../../../examples");
const now = ms(Date.UTC(2026, 10, 22));

/** The first account of a written book under its engine. */
function accountOf(file: string, place = 0) {
  const book = readBookFile(join(examples, file), now);
  if (!book.ok) throw new Error(JSON.stringify(book.failure));
  const { events, at } = book.value;
  const of = <T extends BookEvent["type"]>(type: T) =>
    events.filter((one): one is Extract<BookEvent, { type: T }> => one.type === type);
  const { holding } = of("holding")[place]!;
  const engine = engineOf(holding.venue, holding.rules)!;
  const prices = of("price").map(({ key, price: value, kind, at: asOf }) => [key, { value, kind, asOf }] as const);
  const { terms } = of("terms").find((one) => one.terms.venue === holding.venue && one.terms.rules === holding.rules)!;
  const scene = { now: at, quotes: new Map(prices), terms };
  const [account = accountKey("")] = engine.accounts(holding);
  const keys = [...scene.quotes.keys()].filter((key) => key.startsWith(`${holding.venue}:`));
  return { engine, holding, account, scene, exposures: exposuresOf(engine, holding, account, scene, keys) };
}
/** To ten dollars: what is not straight errs by a millionth. */
const tens = (value: Exact) => Math.round(toNumber(value) / 10) * 10;
const dollars = (read: Result<readonly Exposure[], Why>) =>
  read.ok ? read.value.map(({ quote, dollars: value }) => [quote.split(":").at(-2), tens(value)]) : read;
const gross = (read: Result<readonly Exposure[], Why>) => (read.ok ? tens(grossOf(read.value)) : read);

// source: each position times its price, by hand; of the equity of a venue nothing else is known
test.each([
  // 5 * 102,000 long, 40 * 3,900 short
  [
    "perpetuals on an exchange",
    "hedged-desk.yaml",
    [
      ["BTCUSDT", 510_000],
      ["ETHUSDT", -156_000],
    ],
    666_000,
  ],
  // 10 - 2 WETH at 3,000; 0.2 WBTC at 100,000; 20,000 USDC owed counts for nothing: there is nothing of its like to lose
  [
    "a loan",
    "loan.yaml",
    [
      ["WETH", 24_000],
      ["WBTC", 20_000],
      ["USDC", -20_000],
    ],
    44_000,
  ],
  // 9,000 contracts of 100 dollars, whatever the price: the coins in the wallet are the unit, not an exposure
  ["a coin-margined contract", "binance-coinm.yaml", [["BTCUSD_PERP", 900_000]], 900_000],
] as const)("exposures of %s", (_case, file, expected, sum) => {
  const { exposures } = accountOf(file);
  const byName = (list: unknown) => (list as [string, number][]).toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(byName(dollars(exposures))).toEqual(byName([...expected]));
  expect(gross(exposures)).toBe(sum);
});

test("a price that is missing makes exposure a failure, never 0", () => {
  const { engine, holding, account, scene, exposures } = accountOf("hedged-desk.yaml");
  if (!exposures.ok) throw new Error("unreadable");
  const [{ quote }] = exposures.value as [Exposure];
  const without = { ...scene, quotes: new Map([...scene.quotes].filter(([key]) => key !== quote)) };
  expect(exposuresOf(engine, holding, account, without, [quote])).toMatchObject({ ok: false });
});

test("the cost of a day is what the venue's own formulas take of equity: 6.1 % a year on 25,000 USDC is 4.178 a day", () => {
  const { engine, holding, account, scene } = accountOf("morpho-blue.yaml");
  const cost = costOfDay(engine, holding, account, scene, "present");
  const equity = engine.assess(holding, account, scene).equity;
  if (cost.is !== "known" || equity.is !== "known") throw new Error("unreadable");
  expect(toNumber(cost.value) * toNumber(equity.value)).toBeCloseTo(25_000 * Math.expm1(0.061 / 365), 3);
});
