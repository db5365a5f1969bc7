import { dec, holdingId, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Drill } from "./drill.ts";
import { runDrill } from "./run-drill.ts";
import { drillOf, play, ports } from "./testing/small-drill.ts";
import { asWritten, mirrored, multiplied } from "./vary.ts";

const desk = `{ name: desk, venue: binance, wallet: { USDT: 20000 },
  positions: [{ symbol: BTCUSDT, side: long, size: 1, entry: 10000, leverage: 5 }, { symbol: ETHUSDT, side: short, size: 10, entry: 500, leverage: 5 }],
  marks: { BTCUSDT: { price: 10000, unit: USDT }, ETHUSDT: { price: 500, unit: USDT } } }`;
const loan = `{ name: loan, venue: aave-v3, collateral: [10 WETH], debt: [20000 USDC], wallet: [15000 USDC],
  prices: { WETH: { price: 3000, unit: USD }, USDC: { price: 1, unit: USD } } }`;
const trove = `{ name: trove, venue: liquity-v2, troves: [{ id: 1, branch: WETH, collateral: 12, debt: 20000, rate: 0, debtInFront: 0 }],
  branches: { WETH: { collateral: 60000, debt: 80000000, stabilityPool: 45000000 } }, prices: { WETH: { price: 2600, unit: USD } } }`;
const coins = `{ name: coins, venue: bybit, balances: { USDE: 10000, USDC: 0 }, positions: [{ symbol: BTCPERP, side: short, size: 1, entry: 10000, leverage: 5 }],
  marks: { BTCPERP: { price: 10000, unit: USDC } }, indexes: { USDE: { price: 1, unit: USD }, USDC: { price: 1, unit: USD } },
  terms: { source: made up, date: 2026-01-01, coins: { USDE: { ratios: [{ rate: 0.9 }] } } } }`;

const flat = (quote: string, price: string) =>
  `{ channel: price, of: "${quote}", quotes: ["${quote}"], source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: ${price} }] }`;
const rescue = `{ id: repay, scope: { holding: loan }, trigger: { when: health, line: maintenance, below: 1.20, release: 1.25, urgent: 1.05 },
  target: { want: health, at: 1.45 }, ladder: [{ use: repay, asset: USDC, most: 15000 }] }`;

const equityOf = (drill: Drill): number => Number(text(play(drill).sets[0]!.accounts[0]!.equityEnd!));
const calm = [flat("binance:BTCUSDT:mark", "10000"), flat("binance:ETHUSDT:mark", "500")];

test("funding is paid by the long at its settlement: 0.3 % of 10,000", () => {
  const funding = `{ channel: funding, venue: binance, symbol: BTCUSDT, intervalHours: 8, source: assumed, steps: [{ at: 2026-01-05T08:00:00Z, to: 0.003 }] }`;
  expect(equityOf(drillOf(desk, calm))).toBeCloseTo(20_000, 0);
  expect(equityOf(drillOf(desk, [...calm, funding])) - equityOf(drillOf(desk, calm))).toBeCloseTo(-30, 0);
});

test("deleveraging closes its share of what wins, and nothing of what loses", () => {
  const rise = `{ channel: price, of: BTC, quotes: ["binance:BTCUSDT:mark"], source: assumed, hold: true, steps: [{ at: 2026-01-05T07:00:00Z, to: 10000 }, { at: 2026-01-05T07:30:00Z, to: 11000 }, { at: 2026-01-05T08:30:00Z, to: 12000 }] }`;
  const adl = (symbol: string) =>
    `{ channel: adl, venue: binance, symbol: ${symbol}, source: assumed, steps: [{ at: 2026-01-05T08:00:00Z, to: 0.5 }] }`;
  const eth = `{ channel: price, of: ETH, quotes: ["binance:ETHUSDT:mark"], source: assumed, hold: true, steps: [{ at: 2026-01-05T07:00:00Z, to: 500 }, { at: 2026-01-05T07:30:00Z, to: 600 }, { at: 2026-01-05T08:30:00Z, to: 700 }] }`;
  // a whole coin wins 1,000 and then 1,000 more; the short loses 100 on each of 10, and 100 more
  expect(equityOf(drillOf(desk, [rise, eth]))).toBeCloseTo(20_000, -1);
  expect(equityOf(drillOf(desk, [rise, eth, adl("BTCUSDT")]))).toBeCloseTo(19_500, -1);
  expect(equityOf(drillOf(desk, [rise, eth, adl("ETHUSDT")]))).toBeCloseTo(20_000, -1);
});

test("a haircut changes the rules from its moment on", () => {
  const prices = [flat("bybit:BTCPERP:mark", "10000"), flat("bybit:USDE:index", "1")];
  const cut = (to: string, parameter = "coins/USDE/ratios/1/rate") =>
    `{ channel: haircut, venue: bybit, asset: USDE, parameter: ${parameter}, source: assumed, steps: [{ at: 2026-01-05T08:00:00Z, to: "${to}" }] }`;
  const healths = [prices, [...prices, cut("0.30")]].map((channels) =>
    Number(text(play(drillOf(coins, channels)).sets[0]!.accounts[0]!.smallestHealth!)),
  );
  // a flat short: 9,000 and then 3,000 stand against the same maintenance
  expect(healths[1]! / healths[0]!).toBeCloseTo(1 / 3, 6);
  for (const wrong of [cut("many"), cut("1", "coins/USDE/haircut")]) {
    const refused = runDrill(asWritten(drillOf(coins, [...prices, wrong])), ports);
    expect(!refused.ok && [refused.failure.code, refused.failure.facts["channel"]]).toEqual([
      "drill/parameter",
      "haircut bybit USDE",
    ]);
  }
});

test("a redemption takes collateral for debt, in the venue's own words", () => {
  const prices = [flat("liquity-v2:WETH:oracle", "2600")];
  const redeem = `{ channel: redemption, venue: liquity-v2, source: assumed, steps: [{ at: 2026-01-05T08:00:00Z, to: { trove: "1", branch: WETH, bold: "20000000000000000000000", fee: "0" } }] }`;
  const healths = [prices, [...prices, redeem]].map((channels) => play(drillOf(trove, channels)).sets[0]!.accounts[0]!);
  expect(healths[0]!.smallestHealth).toBeDefined();
  expect(text(healths[1]!.equityEnd!)).not.toBe(text(healths[0]!.equityEnd!));
});

const falling = `{ channel: price, of: ETH, quotes: ["aave-v3:ethereum:WETH:oracle"], source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: 3000 }, { at: 2026-01-05T08:30:00Z, to: 2350 }] }`;
const gas = `{ channel: gas, chain: ethereum, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: 20 }] }`;
const onChain = (set = "") => `
chains: [{ chain: ethereum, venues: [aave-v3], blockSeconds: 12, coin: ETH, gas: 250000, source: assumed }]
guardSets: [{ name: armed, guards: [${rescue}] ${set} }]`;
const fateOf = (channels: readonly string[], set = "") =>
  play(drillOf(loan, [falling, gas, ...channels], onChain(set))).sets[1]!.accounts[0]!;

test("a loan is rescued on its chain for the gas of the day", () => {
  const { fate, actions, gas: paid } = fateOf([]);
  expect([fate, actions.length]).toEqual(["survived", 2]);
  // twice 250,000 gas at 20 gwei, 0.005 ETH, at some 2,890 and 2,390 USD
  expect(Number(text(paid))).toBeGreaterThan(25);
  expect(Number(text(paid))).toBeLessThan(28);
});

test.each([
  [
    "no provider answers",
    `{ channel: rpc, chain: ethereum, provider: one, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: up }, { at: 2026-01-05T07:01:00Z, to: down }] }`,
    "",
  ],
  [
    "a provider answers something wrong",
    `{ channel: rpc, chain: ethereum, provider: one, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: up }, { at: 2026-01-05T07:01:00Z, to: wrong }] }`,
    "",
  ],
  [
    "transactions wait longer than the fall",
    `{ channel: inclusion, chain: ethereum, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: 2000 }] }`,
    "",
  ],
  [
    "the reserve lies where it does not move",
    `{ channel: transfer, from: lender, to: ethereum, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: never }] }`,
    ", reserves: [{ holding: loan, asset: USDC, at: aave-v3, free: 15000, lies: lender }]",
  ],
] as const)("nothing arrives where %s", (_case, channel, set) => {
  const { fate, actions } = fateOf([channel], set);
  // and the loan is taken by those who get through
  expect(fate).toBe("died");
  expect(actions.filter(({ result }) => result === "whole")).toEqual([]);
});

test("money that travels arrives so much later", () => {
  const reserve = ", reserves: [{ holding: loan, asset: USDC, at: aave-v3, free: 15000, lies: lender }]";
  const travel = (minutes: number) =>
    fateOf(
      [
        `{ channel: transfer, from: lender, to: ethereum, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: ${minutes} }] }`,
      ],
      reserve,
    ).actions[0]!.at;
  expect(travel(20) - travel(0)).toBe(20 * 60_000);
});

test("a halted chain takes nobody and lets nobody act", () => {
  const halt = `{ channel: chain, chain: ethereum, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: running }, { at: 2026-01-05T07:01:00Z, to: halted }] }`;
  const { sets } = play(drillOf(loan, [falling, gas, halt], onChain()));
  expect(
    sets.map(({ accounts: [account] }) => [
      account!.fate,
      account!.actions.filter(({ result }) => result === "whole").length,
    ]),
  ).toEqual([
    ["survived", 0],
    ["survived", 0],
  ]);
});

test("an alert that no channel carries is told and not delivered", () => {
  const down = `{ channel: alert, name: mail, source: assumed, steps: [{ at: 2026-01-05T07:00:00Z, to: down }] }`;
  const told = (channels: readonly string[]) =>
    play(drillOf(loan, [falling, gas, ...channels], onChain())).sets[1]!.told.map(({ arrived }) => arrived);
  expect(new Set(told([]))).toEqual(new Set([true]));
  expect(new Set(told([down]))).toEqual(new Set([false]));
});

test("a factor is of logarithms, a mirror turns prices, sides and loans, and keeps health", () => {
  const drill = drillOf(loan, [falling, gas], onChain());
  const last = (variant: { readonly drill: Drill }) => {
    const [channel] = variant.drill.channels;
    return channel!.channel === "price" ? text(channel!.steps.at(-1)!.to) : "";
  };
  // 3000 * (2350 / 3000) ** 1.5 and 3000 ** 2 / 2350, worked separately
  expect([last(multiplied(asWritten(drill), dec("1.5"))), last(mirrored(drill))]).toEqual(["2079.89", "3829.79"]);
  const mirror = mirrored(drill).drill.accounts[0]!;
  expect(mirror["collateral"]).toEqual(["30000.000000 USDC"]);
  const [was, is] = [asWritten(drill), mirrored(drill)].map(
    (variant) => play(drill, variant).sets[0]!.accounts[0]!.smallestHealth!,
  );
  // the fall of one is the rise of the other, so the same share of health is lost
  expect(Number(text(is!))).toBeCloseTo(Number(text(was!)), 3);
  expect(mirrored(drill).drill.guardSets[0]!.guards[0]!.ladder[0]).toMatchObject({
    asset: "WETH",
    most: dec("5.000000"),
  });
  const short = mirrored(drillOf(desk, calm)).drill.accounts[0]!["positions"] as readonly { readonly side: string }[];
  expect(short.map(({ side }) => side)).toEqual(["short", "long"]);
});

test("a guard set names whom it guards, and plays no other account", () => {
  const drill = drillOf(loan, [falling, gas], onChain());
  expect(
    play({ ...drill, accounts: [...drill.accounts, ...drillOf(desk, calm).accounts] }).sets.map(({ accounts }) =>
      accounts.map(({ account }) => account),
    ),
  ).toEqual([[holdingId("loan"), holdingId("desk")], [holdingId("loan")]]);
});
