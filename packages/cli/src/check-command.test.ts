import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Book } from "@plimsoll/server/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "./program.ts";

const examples = join(import.meta.dirname, "../../../examples");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-check-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const out = { line: (text: string) => lines.push(text), error: (text: string) => errors.push(text), colour: false };
  const code = await main(args, out);
  return { code, lines: lines.join("\n"), errors: errors.join("\n").replaceAll(`${folder}/`, "") };
}
const checked = async (file: string): Promise<Book> =>
  JSON.parse((await run("check", join(examples, file), "--json")).lines) as Book;
const pricesOf = (book: Book) =>
  book.accounts
    .flatMap(({ liquidation }) => {
      if (liquidation.is === "both") return [liquidation.down, liquidation.up, ...liquidation.others];
      return liquidation.is === "price" ? [liquidation.nearest, ...liquidation.others] : [];
    })
    .map(({ quote, price }) => [quote, Number(price)] as const);

// source: worked separately; hedged-desk and loan with 10 digits in the normal form's worked examples 1 and 4,
// hedge-mode and isolated in the perpetual venues' open worked numbers C and A
// oxfmt-ignore
test.each([
  ["hedged-desk.yaml", { "binance:BTCUSDT:mark": 91_723.41709, "binance:ETHUSDT:mark": 5_173.057769 }],
  ["hedge-mode.yaml",  { "binance:BTCUSDT:mark": 82_995.9514 }],
  ["isolated.yaml",    { "binance:BTCUSDT:mark": 90_787.8788 }],
  ["loan.yaml",        { "aave-v3:ethereum:WETH:oracle": 698.4126984, "aave-v3:ethereum:WBTC:oracle": 7_051.282051, "aave-v3:ethereum:USDC:oracle": 1.725 }],
])("%s is liquidated where the worked figures say", async (file, figures) => {
  const prices = new Map(pricesOf(await checked(file)).toReversed());
  for (const [quote, figure] of Object.entries(figures)) expect(prices.get(quote)! / figure).toBeCloseTo(1, 8);
});

test("the exit code is that of the worst account", async () => {
  const { code, lines } = await run("check", join(examples, "hedged-desk.yaml"));
  expect([code, lines.includes("No guard protects this book.")]).toEqual([11, true]);
});

test("the book that comes with the program is checked without a file", async () => {
  const { code, errors } = await run("check", "--demo");
  expect([code, errors]).toEqual([11, ""]);
});

const desk = (change: string) => `plimsoll: book/1
accounts:
  - name: desk
    venue: binance
    wallet: { USDT: 40000 }
    positions:
      - { symbol: BTCUSDT, side: long, size: 5, entry: 100000 }
    marks:
      BTCUSDT: { price: 102000, unit: USDT }
${change}`;

// oxfmt-ignore
test.each([
  ["an unknown key",              desk("colour: red\n"),                                          2,  /^book\.yaml:10:1 colour: unknown key/],
  ["an unknown venue",            desk("").replace("binance", "bynance"),                         2,  /^book\.yaml:4:12 accounts\[0\]\.venue: bynance is not modelled\nNext: write one of: aave-v3, binance/],
  ["an unknown symbol",           desk("").replaceAll("BTCUSDT", "XYZUSDT"),                      2,  /^book\.yaml:7:19 accounts\[0\]\.positions\[0\]\.symbol: .*XYZUSDT.*\nNext: /],
  ["a negative size",             desk("").replace("size: 5", "size: -5"),                        2,  /^book\.yaml:7:46 accounts\[0\]\.positions\[0\]\.size: /],
  ["a wrong unit of a mark",      desk("").replace("unit: USDT", "unit: USD"),                    2,  /^book\.yaml:9:39 accounts\[0\]\.marks\.BTCUSDT\.unit: /],
  ["an exponent",                 desk("").replace("size: 5", "size: 5e3"),                       2,  /^book\.yaml:7:46 accounts\[0\]\.positions\[0\]\.size: /],
  ["a name twice",                desk("  - { name: desk, venue: binance, wallet: { USDT: 1 } }\n"), 2, /accounts\[1\]\.name: the name desk is taken by accounts\[0\]/],
  ["broken YAML",                 "plimsoll: [book/1\n",                                          2,  /^book\.yaml:2:1 /],
  ["another kind of file",        "plimsoll: config/1\naccounts: []\n",                           2,  /^book\.yaml:1:11 plimsoll: /],
])("%s is refused: where, what, the value, what to do", async (_case, text, code, message) => {
  writeFileSync(join(folder, "book.yaml"), text);
  const ran = await run("check", join(folder, "book.yaml"));
  expect(ran.code).toBe(code);
  expect(ran.errors).toMatch(message);
  expect(ran.lines).toBe("");
});

test("a position whose mark is missing is unknown, never safe", async () => {
  writeFileSync(join(folder, "book.yaml"), desk("").replace(/ {4}marks:[\s\S]*/, ""));
  const { code, lines } = await run("check", join(folder, "book.yaml"));
  expect([code, /unknown/.test(lines)]).toEqual([20, true]);
});

test("a stale mark is unknown, never safe", async () => {
  writeFileSync(
    join(folder, "book.yaml"),
    desk("").replace("40000", "4000000").replace("unit: USDT }", "unit: USDT, at: 2026-01-01T00:00:00Z }"),
  );
  const { code, lines } = await run("check", join(folder, "book.yaml"));
  expect([code, /stale/.test(lines)]).toEqual([20, true]);
});

// oxfmt-ignore
test.each([
  ["no source",             [],                                                          2,  "Next: plimsoll check examples/loan.yaml, or plimsoll check --demo"],
  ["no such file",          ["nowhere.yaml"],                                            2,  "nowhere.yaml"],
  ["no node for an address", [`0x${"1".repeat(40)}`],                                    2,  "add --rpc"],
  ["a node that is down",   [`0x${"1".repeat(40)}`, "--rpc", "http://127.0.0.1:9"],      20, "check that the RPC endpoint is up"],
  ["an unknown market",     [`0x${"1".repeat(40)}`, "--rpc", "http://127.0.0.1:9", "--market", "moon"], 2, "no market is named moon"],
  ["an unknown option",     ["--moon"],                                                  2,  "unknown option"],
])("%s is said plainly", async (_case, args, code, message) => {
  const ran = await run("check", ...args);
  expect([ran.code, ran.errors.includes(message)]).toEqual([code, true]);
});
