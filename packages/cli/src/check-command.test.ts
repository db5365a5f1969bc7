import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Book } from "@plimsoll/server/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";

const examples = join(import.meta.dirname, "../../../examples");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-check-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const ran = await runInTest(...args);
  return { ...ran, errors: ran.errors.replaceAll(`${folder}/`, "") };
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

// guards that could not do what they say
const guarded = (guard: string) => desk(`guards:\n  - ${guard}\n`);
const guard =
  "{ name: g, protects: desk, when: { healthBelow: 3 }, target: { health: 5 }, do: [{ reduce: BTCUSDT, slippage: 0.5% }] }";
// oxfmt-ignore
test.each([
  ["a target below its trigger",       guard.replace("health: 5", "health: 2"),               /^book\.yaml:11:76 guards\[0\]\.target\.health: 2 is not above the trigger 3/],
  ["a target inside the band",         guard.replace("3 }", "3, releaseAt: 6 }"),             /^book\.yaml:11:\d+ guards\[0\]\.target\.health: 5 is under release 6/],
  ["a release at the trigger",         guard.replace("3 }", "3, releaseAt: 3 }"),             /^book\.yaml:11:\d+ guards\[0\]\.when\.releaseAt: 3 is not above 3/],
  ["urgent above the trigger",         guard.replace("3 }", "3, urgentBelow: 4 }"),           /^book\.yaml:11:\d+ guards\[0\]\.when\.urgentBelow: 4 is not under 3/],
  ["a trigger where the venue acts",   guard.replace("healthBelow: 3", "healthBelow: 1"),     /^book\.yaml:11:\d+ guards\[0\]\.when\.healthBelow: 1 is where the venue itself acts/],
  ["an account that is not there",     guard.replace("protects: desk", "protects: disk"),     /^book\.yaml:11:26 guards\[0\]\.protects: no account is named disk\nNext: write one of: desk/],
  ["a slippage without its unit",      guard.replace("0.5%", "0.5"),                          /^book\.yaml:11:11\d guards\[0\]\.do\[0\]/],
  ["a remedy without its asset",       guard.replace("{ reduce: BTCUSDT, slippage: 0.5% }", "{ repay: 5 }"), /^book\.yaml:11:\d+ guards\[0\]\.do\[0\]/],
  ["a remedy nobody knows",            guard.replace("{ reduce: BTCUSDT, slippage: 0.5% }", "{ pray: 5 USDT }"), /^book\.yaml:11:\d+ guards\[0\]\.do\[0\]/],
  ["a price that is not named",        guard.replace("{ healthBelow: 3 }", "{ quote: BTC, atOrBelow: 5 }"), /^book\.yaml:11:\d+ guards\[0\]\.when/],
  ["a price without a level",          guard.replace("{ healthBelow: 3 }", '{ quote: "binance:BTCUSDT:mark" }'), /^book\.yaml:11:\d+ guards\[0\]\.when/],
  ["a price with two levels", guard.replace("{ healthBelow: 3 }", '{ quote: "binance:BTCUSDT:mark", atOrBelow: 5, atOrAbove: 6 }'), /^book\.yaml:11:\d+ guards\[0\]\.when: write/],
  ["a price of no kind", guard.replace("{ healthBelow: 3 }", '{ quote: "binance:BTCUSDT:spot", atOrBelow: 5 }'), /^book\.yaml:11:\d+ guards\[0\]\.when\.quote: not a price: write/],
  ["a slippage of all",                guard.replace("0.5%", "100%"),                         /^book\.yaml:11:\d+ guards\[0\]\.do\[0\]: 1\.00 is not a share of the price/],
  ["a stop beyond liquidation",        guard.replace("{ healthBelow: 3 }", '{ quote: "binance:BTCUSDT:mark", atOrBelow: 50000 }'), /^guard g: trigger\.at 50000 lies beyond the liquidation price 9\d{4}\.\d+: the venue acts first/],
  ["a leverage that is raised again",  guard.replace("{ healthBelow: 3 }", "{ leverageAbove: 5, relever: on }"), /^book\.yaml:11:\d+ guards\[0\]\.when\.relever: no guard raises exposure/],
  ["a leverage band turned round",     guard.replace("{ healthBelow: 3 }", "{ leverageAbove: 5, releaseUnder: 6 }"), /^book\.yaml:11:\d+ guards\[0\]\.when: 6 is not under 5: leaving/],
  ["a share without its unit",         guard.replace("{ healthBelow: 3 }", "{ drawdown: 0.2, lockout: 24h }"), /^book\.yaml:11:\d+ guards\[0\]\.when\.drawdown: not a share/],
  ["a trailing stop of all",           guard.replace("{ healthBelow: 3 }", "{ trailing: equity, falls: 100% }"), /^book\.yaml:11:\d+ guards\[0\]\.when: 1\.00 is not a share of the way back/],
  ["another leg nobody knows",         guard.replace("{ healthBelow: 3 }", '{ otherLeg: hedge, on: "okx:BTC:mark", ours: "binance:BTCUSDT:mark", under: 90% }'), /^book\.yaml:11:\d+ guards\[0\]\.when\.otherLeg: no account is named hedge/],
  ["a trigger nobody knows",           guard.replace("{ healthBelow: 3 }", "{ moonPhase: full }"),           /^book\.yaml:11:\d+ guards\[0\]\.when: write \{ healthBelow: 1\.20 \}, .*leverageAbove/],
  ["a remedy where it only speaks",    guard.replace("{ health: 5 }", "notice"),              /^book\.yaml:11:\d+ guards\[0\]\.do\[0\]: reduce is not used: to notice takes no action/],
  ["neither a trigger nor a ladder",   guard.replace("when: { healthBelow: 3 }, ", ""),       /^book\.yaml:11:\d+ guards\[0\]: write when and target, or a ladder/],
  ["a ladder out of order", "{ name: g, protects: desk, do: [{ reduce: BTCUSDT, slippage: 1% }], ladder: [{ severity: reduce, when: { distanceBelow: 5% } }, { severity: exit, when: { distanceBelow: 10% } }] }", /g-exit\.rung\.severity exit of g-exit does not act later than the reduce of g-reduce/],
  ["a mode nobody knows",              guard.replace("5 }", "5 }, mode: on"),                 /^book\.yaml:11:\d+ guards\[0\]\.mode/],
])("a guard with %s is refused at its place", async (_case, text, message) => {
  writeFileSync(join(folder, "book.yaml"), guarded(text));
  const ran = await run("check", join(folder, "book.yaml"));
  expect([ran.code, ran.lines]).toEqual([2, ""]);
  expect(ran.errors).toMatch(message);
  expect(ran.errors).toMatch(/\nNext: /);
});

test("guards of the same name are refused", async () => {
  writeFileSync(join(folder, "book.yaml"), `${guarded(guard)}  - ${guard}\n`);
  const ran = await run("check", join(folder, "book.yaml"));
  expect([ran.code, ran.errors]).toEqual([2, expect.stringContaining("is used twice")]);
});

const loan = (change: string) => `plimsoll: book/1
accounts:
  - { name: loan, venue: aave-v3, collateral: [1 WETH], debt: [100 USDC], prices: { WETH: { price: 3000, unit: USD }, USDC: { price: 1, unit: USD } }${change} }
`;
// oxfmt-ignore
test.each([
  ["an e-mode that does not exist",      loan(", eMode: 77"),                                     /^book\.yaml:3:\d+ accounts\[0\]\.eMode: .*77/],
  ["an e-mode that is no number",        loan(", eMode: 1.5"),                                    /^book\.yaml:3:\d+ accounts\[0\]\.eMode: write a whole number from 0 to 255/],
  ["an asset without parameters",        loan("").replace("1 WETH", "1 DOGE"),                    /^book\.yaml:3:\d+ accounts\[0\]\.collateral\[0\]: .*DOGE/],
  ["more digits than the token has",     loan("").replace("100 USDC", "1.0000001 USDC"),          /^book\.yaml:3:\d+ accounts\[0\]\.debt\[0\]: .*1\.0000001/],
  ["a price in another unit",            loan("").replace("price: 1, unit: USD", "price: 1, unit: EUR"), /^book\.yaml:3:\d+ accounts\[0\]\.prices\.USDC\.unit: .*EUR/],
  ["a negative price",                   loan("").replace("price: 3000", "price: -3000"),         /^book\.yaml:3:\d+ accounts\[0\]\.prices\.WETH\.price: write plain digits without a sign/],
  ["a threshold above 1",                loan(", parameters: { WETH: { liquidationThreshold: 83 } }"), /^book\.yaml:3:\d+ accounts\[0\]\.parameters\.WETH\.liquidationThreshold: write a share/],
])("%s is refused: where, what, the value, what to do", async (_case, text, message) => {
  writeFileSync(join(folder, "book.yaml"), text);
  const ran = await run("check", join(folder, "book.yaml"));
  expect([ran.code, ran.lines]).toEqual([2, ""]);
  expect(ran.errors).toMatch(message);
});

test("numbers need no quotes, those of the venue's parameters neither", async () => {
  writeFileSync(
    join(folder, "book.yaml"),
    loan(", eMode: 1, parameters: { WETH: { decimals: 18, liquidationThreshold: 0.83 } }"),
  );
  const ran = await run("check", join(folder, "book.yaml"));
  expect([ran.code, ran.errors]).toEqual([0, ""]);
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

/** A node that answers every question about its chain with the id given, and nothing else. */
async function liar(chainId: string) {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      const answer =
        method === "eth_chainId" ? { result: chainId } : { error: { code: -32601, message: "no such method" } };
      response.setHeader("content-type", "application/json").end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

test("a node of another chain than the one asked for is unknown, and its answers are not used", async () => {
  const node = await liar("0x89");
  try {
    const ran = await run("check", `0x${"1".repeat(40)}`, "--rpc", node.url, "--chain-id", "1");
    expect(ran).toEqual({
      code: 20,
      lines: "",
      errors: expect.stringMatching(/^the node is on chain 137.*chain 1 was expected\nNext: use an RPC endpoint/),
    });
  } finally {
    node.stop();
  }
});

test("quiet says only what is not safe, one line an account", async () => {
  const safe = await run("check", join(examples, "loan.yaml"), "--quiet");
  expect(safe).toEqual({ code: 0, lines: "", errors: "" });
  const { code, lines } = await run("check", "--demo", "--quiet");
  expect(code).toBe(11);
  expect(lines.split("\n")).toEqual([
    expect.stringMatching(
      /^act {2}desk, cross USDT on binance: a fall of BTCUSDT mark by 10\.07% takes it; watch at 30%/,
    ),
    expect.stringMatching(/^watch {2}loan, ethereum on aave-v3: a fall of ETH and BTC together by 25\.92% takes it/),
  ]);
});

test("the table names each price with its kind, what protects the book, and what to do next", async () => {
  const { lines } = await run("check", join(examples, "loan.yaml"));
  const plain = lines.replaceAll("\u202f", " ");
  expect(plain).toMatch(
    /WETH and WBTC together −42% {2}now\n.*WETH oracle 698\.42 \(−76%\)\n.*WBTC oracle 7 051\.3 \(−92%\)\n.*and 1 more/,
  );
  expect(plain).toContain("1 guard, none armed; in shadow a guard decides and does not send: it protects nobody.");
  expect(plain.split("\n").every((line) => line === line.trimEnd())).toBe(true);
  const bare = await run("check", join(examples, "hedged-desk.yaml"));
  expect(bare.lines).toMatch(/No guard protects this book\.\nNext: write a guard as in examples\/loan\.yaml/);
});

test("explain also says what prices together and time alone do, and what could be repaid by which route", async () => {
  const desk = (await run("check", join(examples, "hedged-desk.yaml"), "--explain")).lines;
  expect(desk).toMatch(/liquidated when BTCUSDT, ETHUSDT fall together by \d+\.\d%/);
  expect(desk).toMatch(/most likely joint move: BTCUSDT mark .*ETHUSDT mark .*\n.*times an assumed day/);
  expect(desk).toContain("if no price ever moves, at present rates: not within ten years");
  const loan = (await run("check", join(examples, "loan.yaml"), "--explain")).lines;
  expect(loan).toMatch(/repay USDC from the wallet: up to 8000 now/);
  expect(loan).toMatch(/repay USDC with own supply: none, nothing supplied/);
});

test("explain shows the lines, where each price takes the account, and every figure with its formula and source", async () => {
  const { lines } = await run("check", join(examples, "isolated.yaml"), "--explain");
  const plain = lines.replaceAll("\u202f", " ");
  // source: tiers of BTCUSDT, 10 000 000 at 1 % less 12 000 (worked number A of the perpetual venues)
  expect(plain).toMatch(/maintenance line: 88 000\.00 USDT needed, 912 000\.00 USDT to spare, health 11\.363/);
  expect(plain).toMatch(/liquidated at BTCUSDT mark 90 788 \(−9\.2%\), now 100 000/);
  expect(plain).toMatch(/ {2}maintenance margin +88 000 {2}notional \* rate - amount/);
  expect(plain.match(/source: venues\/binance\/README\.md/g)).toHaveLength(2);
});

test.each([
  [["0x12", "--rpc", "http://127.0.0.1:1"], /0x12 is not an address[\s\S]*Next: write 0x and 40 hex digits/],
  [[`0x${"1".repeat(40)}`, "--rpc", "http://127.0.0.1:1", "--multicall", "0x12"], /'0x12' is invalid.*40 hex digits/],
])("a mistyped address is refused as such: %j", async (args, message) => {
  const { code, errors } = await runInTest("check", ...args);
  expect([code, errors]).toEqual([2, expect.stringMatching(message)]);
});
