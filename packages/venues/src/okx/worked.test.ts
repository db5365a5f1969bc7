import { boundaries, evaluate, liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import { accountKey, dec, quoteKey, text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { agreesWithin, liquidationPrice, margin } from "./margin.ts";
import type { OkxTerms } from "./terms.ts";
import { bodyOf, contract, inverse, linear, loan, pairTerms, sceneOf, termsOf, tier } from "./testing.ts";

const lineOf = (body: Body, account: string, prices: Readonly<Record<string, string>>, terms: OkxTerms) => {
  const { lines } = margin.assess(body, accountKey(account), sceneOf(prices, terms));
  const found = lines.find(({ name }) => name === "maintenance");
  if (found === undefined) throw new Error("no line");
  return found;
};
const formAt = (body: Body, account: string, prices: Readonly<Record<string, string>>, terms: OkxTerms) => {
  const scene = sceneOf(prices, terms);
  const compiled = margin.compile(body, accountKey(account), scene, "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  const quotes = readQuotes(compiled.form, scene);
  if (!quotes.ok) throw new Error(quotes.failure.code);
  return { form: compiled.form, quotes: quotes.value };
};
const decimals = (figure: string): number => (figure.split(".")[1]?.length ?? 0) - 1;

// Rows that the venue produced, as quoted in public: its own documentation row of 2021-04 (dated future), the row in the source
// of ccxt 4.5.84 (swap, 2021-07), ccxt pull request 16498 (LTC, 2023-01), ccxt issue 18806 (SHIB, 2023-08). Rates follow from
// the rows' own mmr, the marks of the first two from their profit, the balance of the cross row from its margin ratio (so of that
// row only the price is evidence). Taker fees are fitted: one round figure a row, against ratio and price. Ticks from memory.
const rows = [
  {
    name: "ETH-USD-210430, isolated inverse long",
    body: bodyOf({}, [contract("ETH-USD-210430", "1", "2566.31", { coin: "ETH", isolated: "0.0003896645377994" })]),
    account: "ETH-USD-210430:net",
    instrument: "ETH-USD-210430",
    mark: "2565.656",
    terms: termsOf({
      contracts: { "ETH-USD-210430": inverse("ETH", "10", { tick: dec("0.01"), tiers: [tier("0", "1000", "0.008")] }) },
    }),
    ratio: "11.731726509588816",
    price: "2352.8496681818233",
    ticks: 1,
    tick: "0.01",
  },
  {
    name: "BTC-USDT-SWAP, cross linear long",
    body: bodyOf({ USDT: "215.78881232000019995729" }, [contract("BTC-USDT-SWAP", "1", "34131.1", { side: "long" })]),
    account: "cross:USDT",
    instrument: "BTC-USDT-SWAP",
    mark: "34132.18608358957281",
    terms: termsOf({ contracts: { "BTC-USDT-SWAP": linear({ size: dec("0.01") }) } }),
    ratio: "140.49930117599155",
    price: "12608.959083877446",
    ticks: 0,
    tick: "0.1",
  },
  {
    name: "LTC-USDT, isolated spot margin short",
    body: bodyOf({}, [loan("LTC-USDT", "USDT", ["0", "12.00358728382"], ["0.113791", "0"])]),
    account: "LTC-USDT:margin",
    instrument: "LTC-USDT",
    mark: "87.81",
    terms: termsOf({ pairs: { "LTC-USDT": pairTerms("LTC", "USDT", "0.05", "0.0015") } }),
    ratio: "3.903466055555656",
    price: "100.31430948814871",
    ticks: 0,
    tick: "0.01",
  },
  {
    name: "SHIB-USDT, isolated spot margin short",
    body: bodyOf({}, [loan("SHIB-USDT", "USDT", ["0", "304.082907074178"], ["20000966.0227737993648251", "0"])]),
    account: "SHIB-USDT:margin",
    instrument: "SHIB-USDT",
    mark: "0.000009133",
    terms: termsOf({ pairs: { "SHIB-USDT": pairTerms("SHIB", "USDT", "0.08", "0.001") } }),
    ratio: "8.197678827946161",
    price: "0.0000140631692489",
    ticks: 0,
    tick: "0.000000001",
  },
] as const;

test.each(rows)("venue row $name: margin ratio and liquidation price", (row) => {
  const { body, account, instrument, mark, terms, price, tick, ticks } = row;
  expect(toNumber(lineOf(body, account, { [instrument]: mark }, terms).health) / Number(row.ratio)).toBeCloseTo(1, 11);
  const found = liquidationPrice(body, accountKey(account), instrument, sceneOf({ [instrument]: mark }, terms));
  if (!found.ok) throw new Error(found.failure.code);
  const ours = found.value.down ?? found.value.up;
  if (ours === undefined) throw new Error("no price");
  expect((toNumber(ours) + ticks * Number(tick)) / Number(price)).toBeCloseTo(1, 11);
  expect(agreesWithin(ours, dec(price), dec(tick))).toBe(true);
  expect(agreesWithin(ours, dec(String(Number(price) + 2 * Number(tick))), dec(tick))).toBe(false);
});

// source: worked number F and the closed forms of the notes on perpetual venues, evaluated separately in Python decimals
// oxfmt-ignore
test.each([
  // case                              body                                                                                    account          terms                                                            mark       down               up
  ["F linear long",                    bodyOf({}, [contract("X-SWAP", "1", "60000", { isolated: "6000" })]),                         "X-SWAP:net",         termsOf({ contracts: { "X-SWAP": linear() } }),                         "60000",   "54244.0984",      undefined],
  ["linear short",                     bodyOf({}, [contract("X-SWAP", "-1", "60000", { isolated: "6000" })]),                        "X-SWAP:net",         termsOf({ contracts: { "X-SWAP": linear() } }),                         "60000",   undefined,         "65704.3305"],
  ["inverse long",                     bodyOf({}, [contract("X-SWAP", "100", "60000", { coin: "BTC", isolated: "0.02" })]),          "X-SWAP:net",         termsOf({ contracts: { "X-SWAP": inverse("BTC", "100") } }),            "60000",   "53812.5000",      undefined],
  ["inverse short",                    bodyOf({}, [contract("X-SWAP", "-100", "60000", { coin: "BTC", isolated: "0.02" })]),         "X-SWAP:net",         termsOf({ contracts: { "X-SWAP": inverse("BTC", "100") } }),            "60000",   undefined,         "67875.0000"],
  ["inverse short that cannot die",    bodyOf({}, [contract("X-SWAP", "-100", "60000", { coin: "BTC", isolated: "0.2" })]),          "X-SWAP:net",         termsOf({ contracts: { "X-SWAP": inverse("BTC", "100") } }),            "60000",   undefined,         undefined],
  ["linear long that cannot die",      bodyOf({}, [contract("X-SWAP", "1", "60000", { isolated: "60000" })]),                        "X-SWAP:net",         termsOf({ contracts: { "X-SWAP": linear() } }),                         "60000",   undefined,         undefined],
  ["spot margin long",                 bodyOf({}, [loan("A-B", "B", ["1.2", "0"], ["0", "100"])]),                              "A-B:margin",    termsOf({ pairs: { "A-B": pairTerms("A", "B", "0.03", "0.001") } }), "100", "85.9192",         undefined],
  ["spot margin long, base margined",  bodyOf({}, [loan("A-B", "A", ["1.2", "0"], ["0", "100"])]),                              "A-B:margin",    termsOf({ pairs: { "A-B": pairTerms("A", "B", "0.03", "0.001") } }), "100", "85.9192",         undefined],
  ["spot margin short",                bodyOf({}, [loan("A-B", "B", ["0", "120"], ["1", "0"])]),                                "A-B:margin",    termsOf({ pairs: { "A-B": pairTerms("A", "B", "0.03", "0.001") } }), "100", undefined,         "116.3885"],
] as const)("liquidation price, exact and form: %s", (_case, body, account, terms, mark, down, up) => {
  const instrument = body.positions[0]!.instrument;
  const scene = sceneOf({ [instrument]: mark }, terms);
  const found = liquidationPrice(body, accountKey(account), instrument, scene);
  if (!found.ok) throw new Error(found.failure.code);
  const { form } = formAt(body, account, { [instrument]: mark }, terms);
  const fromForm = liquidationPrices(form, [Number(mark)], 0);
  for (const [exact, float, expected] of [[found.value.down, fromForm.down, down], [found.value.up, fromForm.up, up]] as const) {
    if (expected === undefined) expect([exact, float]).toEqual([undefined, undefined]);
    else {
      expect(toNumber(exact!)).toBeCloseTo(Number(expected), decimals(expected));
      expect(float).toBeCloseTo(Number(expected), decimals(expected));
    }
  }
});

// source: example 5 of the notes on the normal form: 30,000 USDT, 2 BTC, long 5 BTC at 100,000 (mmr 0.5 %, taker fee 0.05 %)
const example5 = bodyOf({ USDT: "30000", BTC: "2" }, [contract("BTC-USDT-SWAP", "500", "100000")], {
  mode: "multi-currency",
});
const terms5 = termsOf({
  contracts: { "BTC-USDT-SWAP": linear({ size: dec("0.01"), tiers: [tier("0", "100000", "0.005")] }) },
});
const prices5 = (btc: string) => ({ "BTC-USDT-SWAP": btc, USDT: "1", BTC: btc });

test.each([
  ["100000", "218000", "2750"],
  ["90000", "150000", "3075"],
])("example 5 at %s: adjusted equity %s, requirement %s", (btc, have, need) => {
  const { surplus, required } = lineOf(example5, "cross", prices5(btc), terms5);
  expect([toNumber(surplus) + toNumber(required), toNumber(required)]).toEqual([Number(have), Number(need)]);
  const { form, quotes } = formAt(example5, "cross", prices5(btc), terms5);
  const at = evaluate(form, quotes);
  expect(at.have).toBeCloseTo(Number(have), 6);
  expect(at.need).toBeCloseTo(Number(need), 6);
});

test("example 5: the mark alone, and mark and coin together", () => {
  const { form, quotes } = formAt(example5, "cross", prices5("100000"), terms5);
  const which = ["okx:BTC-USDT-SWAP:mark", "okx:BTC:index"].map((key) => form.quotes.indexOf(quoteKey(key)));
  expect(liquidationPrices(form, quotes, which[0]!).down).toBeCloseTo(57_803.80673, 4);
  expect(100_000 * boundaries(form, quotes, which).down!).toBeCloseTo(68_775.73131, 4);
});

test("BETH: marginal discounts of the 2024-07 announcement, 95 % / 85 % / 50 % / nothing", () => {
  const BETH = {
    discountBy: "usd" as const,
    discounts: [
      { cap: dec("2000000"), rate: dec("0.95") },
      { cap: dec("4000000"), rate: dec("0.85") },
      { cap: dec("8000000"), rate: dec("0.5") },
      { rate: dec("0") },
    ],
  };
  const worth = (beth: string) => {
    const body = bodyOf({ BETH: beth }, [], { mode: "multi-currency" });
    const { equity } = margin.assess(
      body,
      accountKey("cross"),
      sceneOf({ BETH: "4000" }, termsOf({ coins: { BETH } })),
    );
    return equity.is === "known" ? Number(text(equity.value)) : equity.is;
  };
  expect([worth("500"), worth("500.25"), worth("2250"), worth("3000")]).toEqual([1.9e6, 1_900_850, 5.6e6, 5.6e6]);
});
