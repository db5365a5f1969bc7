import { expect, test } from "vitest";
import { Simulation, fixed, generateCrash, imbalance, listings, printed } from "./index.ts";

const START = Date.UTC(2026, 0, 1);
const opening = {
  instruments: [listings.BTCUSDT],
  prices: new Map([["BTCUSDT", fixed("100000")]]),
  fund: new Map([["USDT", fixed("1000000")]]),
  accounts: ["brave", "careful"],
  seed: 5n,
};
const order = {
  symbol: "BTCUSDT",
  side: "buy",
  positionSide: "BOTH",
  type: "MARKET",
  timeInForce: "GTC",
  price: 0n,
  reduceOnly: false,
  clientId: "",
} as const;

test("a generated crash liquidates ten times leverage and leaves twice leverage alone", () => {
  const simulation = new Simulation({ ...opening, startAt: START });
  const events: string[] = [];
  simulation.listen((outputs) => void events.push(...outputs.map(({ type }) => type)));
  for (const [account, size] of [
    ["brave", "10"],
    ["careful", "2"],
  ] as const) {
    simulation.deposit(account, "USDT", "100000");
    expect(simulation.run({ type: "order", account, order: { ...order, size: fixed(size) } }).ok).toBe(true);
  }
  const { ticks } = generateCrash({
    seed: 5n,
    from: START,
    minutes: 20,
    symbols: [{ symbol: "BTCUSDT", start: fixed("100000"), beta: fixed("1") }],
  });
  for (const tick of ticks) simulation.play(tick);
  expect(simulation.now()).toBe(START + 20 * 60_000);
  expect(events).toContain("margin-call");
  expect(events).toContain("liquidation");
  expect(simulation.state.accounts.get("brave")?.positions.size).toBe(0);
  expect(printed(simulation.state.accounts.get("careful")?.positions.get("BTCUSDT:BOTH")?.size ?? 0n)).toBe(
    "2.00000000",
  );
  expect([...imbalance(simulation.state).money.values()]).toEqual([0n]);
});

test("time is the simulation's: it stands still, moves when told, or follows the caller's clock", () => {
  const own = new Simulation({ ...opening, startAt: START });
  expect(own.now()).toBe(START);
  own.advance(1_500);
  expect([own.now(), own.state.now]).toEqual([START + 1_500, START + 1_500]);
  let now = START + 5;
  const theirs = new Simulation({ ...opening, startAt: START, clock: () => now });
  now += 1_000;
  expect(theirs.now()).toBe(START + 1_005);
  expect(() => theirs.advance(1)).toThrow("the clock belongs to the caller");
});
