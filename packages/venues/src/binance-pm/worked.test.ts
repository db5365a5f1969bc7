import { bindEngine, liquidationPrices } from "@plimsoll/core/margin";
import { type QuoteKey, accountKey, dec, holdingId, ms, quoteKey, text, toNumber, trim } from "@plimsoll/core/units";
import { readBody, readEffect, readTerms } from "@plimsoll/venues/binance";
import { expect, test } from "vitest";
import { binancePm } from "./index.ts";
import { margin } from "./margin.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const ALL = accountKey("portfolio");

/** The account of the venue's own example, its three contracts as bitcoin perpetuals; half a percent is the first tier's 0.4 % here. */
const entry = {
  venue: "binance-pm",
  mode: "hedge",
  wallet: { USDT: "6000", BTC: "0.16", ETH: "5" },
  positions: [
    { symbol: "BTCUSDT", side: "short", size: "0.05", entry: "52000" },
    { symbol: "BTCUSDT", side: "long", size: "0.04", entry: "52350" },
    { symbol: "BTCUSD_PERP", side: "long", size: "100", entry: "50000" },
  ],
  marks: { BTCUSDT: { price: "40000", unit: "USDT" }, BTCUSD_PERP: { price: "40000", unit: "USD" } },
  indices: {
    USDT: { price: "1", unit: "USD" },
    BTC: { price: "40000", unit: "USD" },
    ETH: { price: "3000", unit: "USD" },
  },
};
type Entry = Record<string, unknown>;

function scenario(raw: Entry = entry, document = binancePm.terms[0]!) {
  const events = binancePm.readWritten(binancePm.written.parse(raw), holdingId("mine"), AT);
  if (!events.ok) throw new Error(JSON.stringify(events.failure));
  const quotes = new Map(
    events.value.flatMap((event) =>
      event.type === "price" ? [[event.key, { value: event.price, kind: event.kind, asOf: event.at }] as const] : [],
    ),
  );
  const last = events.value.at(-1)!;
  if (last.type !== "holding") throw new Error(last.type);
  const engine = bindEngine(margin, readBody, readTerms, readEffect);
  const scene = { now: AT, quotes, terms: document };
  return { holding: last.holding, scene, assessment: engine.assess(last.holding, ALL, scene), engine };
}

// source: FAQ on the maintenance margin ratio of portfolio margin, 2022-04-18: formulas, sizes, prices and the 600 USDT of profit of
// its example; sums worked by hand. USDT: 6,000 + 600 - 0.04 x 12,350 = 6,106. BTC: 0.16 + 10,000 / 50,000 - 10,000 / 40,000 = 0.11,
// 4,400 USD at 95 % = 4,180. ETH: 15,000 at 95 % = 14,250. Maintenance 0.4 % of 2,000 + 1,600 USDT and of 0.25 BTC = 8 + 6.4 + 40
test("adjusted equity of several assets over the maintenance of both margin systems", () => {
  const { assessment } = scenario();
  const { equity, free, lines, unit } = assessment;
  expect([unit, equity.is === "known" && toNumber(equity.value)]).toEqual(["USD", 24_536]);
  expect(lines.map(({ name, required }) => [name, toNumber(required)])).toEqual([
    ["warn", 81.6],
    ["initial", 65.28],
    ["maintenance", 57.12],
    ["bankruptcy", 54.4],
  ]);
  // uniMMR 451.0294..., and health is that over 1.05
  const maintenance = lines.find(({ name }) => name === "maintenance")!;
  expect(toNumber(maintenance.health) * 1.05).toBeCloseTo(24_536 / 54.4, 9);
  expect(free).toMatchObject({ is: "unknown", why: { code: "binance/free-not-modelled" } });
});

test("what is owed counts in full: min(value x rate, value)", () => {
  const { assessment } = scenario({ ...entry, wallet: { USDT: "6000", BTC: "-0.14", ETH: "5" } });
  // BTC: -0.14 - 0.05 = -0.19, -7,600 USD without a haircut; 6,106 + 14,250 - 7,600
  expect(assessment.equity.is === "known" && toNumber(assessment.equity.value)).toBe(12_756);
});

test("each level is reached by equality: 150, 120, 105 and 100 percent", () => {
  const crossed = (usdt: string) => {
    const { assessment } = scenario({
      ...entry,
      wallet: { USDT: usdt },
      mode: "one-way",
      positions: [{ symbol: "BTCUSDT", side: "long", size: "2.5", entry: "40000" }],
    });
    return assessment.lines.filter((each) => each.crossed).map(({ name }) => name);
  };
  // maintenance 0.4 % of 100,000 = 400
  expect(crossed("600.01")).toEqual([]);
  expect(crossed("600")).toEqual(["warn"]);
  expect(crossed("480")).toEqual(["warn", "initial"]);
  expect(crossed("420.01")).toEqual(["warn", "initial"]);
  expect(crossed("420")).toEqual(["warn", "initial", "maintenance"]);
  expect(crossed("400")).toEqual(["warn", "initial", "maintenance", "bankruptcy"]);
});

test("a liquidation begins at 105 percent and not above", () => {
  const steps = (usdt: string) => {
    const { engine, holding, scene } = scenario({
      ...entry,
      wallet: { USDT: usdt },
      mode: "one-way",
      positions: [{ symbol: "BTCUSDT", side: "long", size: "2.5", entry: "40000" }],
    });
    const market = { fill: () => ({ is: "known", value: dec("40000"), from: "derived", asOf: AT }) as const };
    return engine.liquidate(holding, ALL, scene, market, "worst-for-owner");
  };
  expect(steps("420.01")).toEqual([]);
  expect(steps("420")[0]!.what).toContain("BTCUSDT:BOTH");
});

test("the form finds the price of the coin at which both its contracts and its collateral take the account", () => {
  const { engine, holding, scene } = scenario({
    ...entry,
    mode: "one-way",
    wallet: { USDT: "0", BTC: "1" },
    positions: [{ symbol: "BTCUSD_PERP", side: "long", size: "400", entry: "50000" }],
  });
  const compiled = engine.compile(holding, ALL, scene, "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  const { form } = compiled;
  const mark = form.quotes.indexOf(quoteKey("binance-pm:BTCUSD_PERP:mark") as QuoteKey);
  const { down } = liquidationPrices(
    form,
    form.quotes.map(() => 40_000),
    mark,
  );
  // 0.95 (1 + 0.8 - 40,000 x) = 1.05 x 0.4 % x 40,000 x, in 1 / mark, whatever the index
  expect(down).toBeCloseTo((40_000 * (0.95 + 1.05 * 0.004)) / (0.95 * 1.8), 4);
});

test("a past day has its own ratios: CHZ at 65 % until 2025-05-16, at 40 % now", () => {
  const [now, then] = binancePm.terms.map((document) => {
    const read = readTerms(document.body);
    return read.ok && text(trim(read.value.assets!["CHZ"]!.collateral[0]!.rate));
  });
  expect([now, then]).toEqual(["0.4", "0.65"]);
  const raw = {
    ...entry,
    wallet: { CHZ: "1000", USDT: "6000", BTC: "0.16" },
    indices: { ...entry.indices, CHZ: { price: "0.1", unit: "USD" } },
  };
  const equities = binancePm.terms.map((document) => {
    const { equity } = scenario(raw, document).assessment;
    return equity.is === "known" && toNumber(equity.value);
  });
  expect((equities[1] as number) - (equities[0] as number)).toBeCloseTo(25, 9);
});

// oxfmt-ignore
test.each([
  ["an isolated position",     { positions: [{ ...entry.positions[0], margin: "isolated", isolatedWallet: "5" }] },   "positions.0.margin"],
  ["an asset without a rate",  { wallet: { ...entry.wallet, PEPE: "1" } },                                            "wallet.PEPE"],
  ["no wallet of the coin",    { wallet: { USDT: "1" } },                                                             "wallet"],
] as const)("a written account with %s is refused with its path", (_case, change, path) => {
  const events = binancePm.readWritten(binancePm.written.parse({ ...entry, ...change }), holdingId("mine"), AT);
  expect(events).toMatchObject({ ok: false, failure: { code: "binance/written", facts: { path } } });
});
