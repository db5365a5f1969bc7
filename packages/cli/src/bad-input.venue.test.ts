// Everything that is refused says the number that decided it and what to do next, and leaves nothing half-placed behind.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "@plimsoll/keeper";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";
import { type Desk, openDesk } from "./testing/open-desk.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** Digits stand in groups of three, with a narrow space between. */
const plain = (lines: string) => lines.replaceAll("\u202F", " ");
async function refused(...args: readonly string[]) {
  const { exchange, held } = desk;
  const lying = () => [...exchange.exchange.state.orders.values()].length;
  const before = [held(), lying()];
  const { code, lines, errors } = await runInTest(...args);
  expect([held(), lying()]).toEqual(before);
  return { code, said: plain(`${lines}\n${errors}`) };
}

const guard = (when: string, target: string, more = "do: [{ reduce: BTCUSDT, slippage: 0.5% }]") =>
  `name: g\nprotects: desk\nwhen: ${when}\ntarget: ${target}\n${more}\n`;

// oxfmt-ignore
test.each([
  ["a target under its own trigger",            guard("{ healthBelow: 20, urgentBelow: 15 }", "{ health: 19 }"),                        /health: 19 /],
  ["an urgent level above the trigger",         guard("{ healthBelow: 20, urgentBelow: 21 }", "{ health: 25 }"),                        /urgentBelow: 21 /],
  ["more than all of a position",               guard("{ healthBelow: 20, urgentBelow: 15 }", "{ reduce: 120% }"),                      /120%|1\.2/],
  ["a confirmation of two minutes",             guard("{ healthBelow: 20, urgentBelow: 15 }", "{ health: 25 }", "confirm: 2m\ndo: [{ reduce: BTCUSDT, slippage: 0.5% }]"), /confirm: 120000 /],
  ["a stop beyond the liquidation",             guard('{ quote: "binance:BTCUSDT:mark", atOrBelow: 60000 }', "{ reduce: 100% }"),       /60000 lies beyond the liquidation price 8[78]\d\d\d/],
  ["a resting stop beyond the liquidation",     guard("{ healthBelow: 20 }", "{ health: 25 }", "stops: [{ stop: BTCUSDT, at: 60000 }]\ndo: [{ reduce: BTCUSDT, slippage: 0.5% }]"), /trigger 60000, liquidation 8[78]\d\d\d/],
])("a guard with %s is refused, and the file stays", async (_case, written, said) => {
  const file = join(desk.folder, "guard.yaml");
  writeFileSync(file, written);
  const before = readFileSync(desk.config, "utf8");
  const { code, said: words } = await refused("guard", "add", desk.config, "--from", file);
  expect([code === 0, words, readFileSync(desk.config, "utf8")]).toEqual([false, expect.stringMatching(said), before]);
  expect(words).toMatch(/^Next: \S/m);
});

/** A loan at health 1.5 whose wallet holds 500 USDC. */
const loan = (guard: string) => `plimsoll: book/1
accounts:
  - name: loan
    venue: aave-v3
    collateral: [10 WETH]
    debt: [16600 USDC]
    wallet: [500 USDC]
    prices: { WETH: { price: 3000, unit: USD }, USDC: { price: 1, unit: USD } }
guards:
  - { name: g, protects: loan, ${guard} }
`;

// 24,900 of 16,600 is 1.5; of 16,500 it is 1.5090, of 16,100 it is 1.5465
// oxfmt-ignore
test.each([
  ["a target that cannot be reached at any cost, with how near one can get", "when: { healthBelow: 1.6, urgentBelow: 1.2 }, target: { health: 3 }, do: [{ repay: 100 USDC }]",     /not reached: .*1\.509/],
  ["a reserve that is too small, with what it holds",                         "when: { healthBelow: 1.6, urgentBelow: 1.2 }, target: { health: 3 }, do: [{ repay: 9000 USDC }]",    /not reached: .*1\.546/],
])("%s", async (_case, written, near) => {
  const book = join(desk.folder, "loan.yaml");
  writeFileSync(book, loan(written));
  const { code, said } = await refused("plan", book);
  expect([code, said]).toEqual([1, expect.stringMatching(near)]);
});

// oxfmt-ignore
test.each([
  ["a wrong plan hash, with what was given",             "0123456789ab",  /given 0123456789ab, found 0/],
  ["a hash of too few letters",                           "0123",          /given 0123, found 0/],
])("%s", async (_case, hash, numbers) => {
  const { code, said } = await refused("act", "--config", desk.config, "--plan", hash);
  expect([code, said]).toEqual([1, expect.stringMatching(numbers)]);
  expect(said).toMatch(/^Next: \S/m);
});

// oxfmt-ignore
test.each([
  ["withdraw",  { withdraw: true },  ["panic", "--now"],            /withdraw/],
  ["withdraw",  { withdraw: true },  ["doctor", "--permissions"],   /withdraw yes/],
  ["not trade", { trade: false },    ["doctor", "--permissions"],   /the trade key cannot trade/],
  ["not trade", { trade: false },    ["panic", "--now"],            /Not flat: 1 left/],
])("a key that can %s is refused or told by %s", async (_what, may, [verb = "", ...flags], said) => {
  const other = await openDesk({ may });
  try {
    const before = other.held();
    const { code, lines, errors } = await runInTest(verb, "--config", other.config, ...flags);
    expect([code === 0 && verb === "panic", `${lines}\n${errors}`, other.held()]).toEqual([false, expect.stringMatching(said), before]);
    expect(`${lines}${errors}`).not.toContain("shh");
  } finally {
    await other.close();
  }
});

test("a second keeper on one journal is refused with the process that holds it", async () => {
  const { lines } = await runInTest("plan", desk.config, "--account", "desk", "--health", "40");
  const hash = /^ {2}plan ([0-9a-f]{64})$/m.exec(lines)![1]!;
  const store = await openStore(desk.folder);
  if (!store.ok) throw new Error(store.failure.code);
  try {
    const { code, said } = await refused("act", "--config", desk.config, "--plan", hash);
    expect([code, said]).toEqual([1, expect.stringContaining(`in use by process ${process.pid}`)]);
    expect(said).toMatch(/^Next: \S/m);
  } finally {
    await store.value.close();
  }
});
