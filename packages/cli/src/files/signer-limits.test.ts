import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "@plimsoll/core/units";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "./config-file.ts";
import { signerRulesOf } from "./signer-limits.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-limits-"));
afterAll(() => rmSync(folder, { recursive: true }));

const key = (name: string) => `{ key: { env: ${name} }, secret: { env: ${name}_SECRET } }`;
const account = (name: string, limits: string) =>
  `  - { name: ${name}, venue: binance, keys: { read: ${key(`R_${name.toUpperCase()}`)}, trade: ${key("T")} }${limits} }`;
const guard = (name: string, ladder: string, more = "") =>
  `  - { name: ${name}, protects: desk, when: { healthBelow: 1.2 }, target: { health: 1.4 }, do: [${ladder}], perDay: 3${more} }`;

function read(limits: string) {
  const path = join(folder, "plimsoll.yaml");
  const guards = [
    guard("more", "{ addMargin: 500.5 USDT }, { reduce: BTCUSDT, slippage: 1% }"),
    guard("again", "{ addMargin: 100 USDT }", ", stops: [{ stop: ETHUSDT, at: 1000 }]"),
    guard("hedge", "{ hedge: SOLUSDT, with: other, most: 2, slippage: 1% }"),
  ];
  writeFileSync(
    path,
    ["plimsoll: config/1", "accounts:", account("desk", limits), account("other", ""), "guards:", ...guards].join("\n"),
  );
  return readConfig(path, {}, {});
}

function rulesOf(limits: string, name = "desk") {
  const layers = read(limits);
  if (!layers.ok) throw new Error(layers.failure.facts["detail"]);
  const { config, guards } = layers.value;
  const { instruments, assets, hedges } = signerRulesOf(
    config.accounts.find((each) => each.name === name)!,
    guards,
  );
  return {
    instruments,
    assets: assets.map(({ asset, perDay }) => `${text(perDay)} ${asset}`),
    hedges: hedges.map(({ instrument, perDay }) => `${text(perDay)} ${instrument}`),
  };
}

// oxfmt-ignore
test.each([
  // written for desk                                                      instruments             assets             hedges
  ["",                                                                      ["BTCUSDT", "ETHUSDT"], ["1801.5 USDT"],   []],
  [", limits: {}",                                                          ["BTCUSDT", "ETHUSDT"], ["1801.5 USDT"],   []],
  [", limits: { instruments: [BTCUSDT] }",                                  ["BTCUSDT"],            ["1801.5 USDT"],   []],
  [", limits: { instruments: [], perDay: [] }",                             [],                     [],                []],
  [", limits: { perDay: [2 BTCUSDT, 15000 USDC] }",                         ["BTCUSDT", "ETHUSDT"], ["15000 USDC"],    ["2 BTCUSDT"]],
  [", limits: { instruments: [BTC-USDT-SWAP], perDay: [2 BTC-USDT-SWAP] }", ["BTC-USDT-SWAP"],      [],                ["2 BTC-USDT-SWAP"]],
] as const)("signed for an account with%s", (limits, instruments, assets, hedges) => {
  expect(rulesOf(limits)).toEqual({ instruments, assets, hedges });
});

test("a hedge may be opened, and closed again, where it is opened", () => {
  expect(rulesOf("", "other")).toEqual({ instruments: ["SOLUSDT"], assets: [], hedges: ["6 SOLUSDT"] });
});

// oxfmt-ignore
test.each([
  ["{ perDay: [-5 USDC] }",               "accounts[0].limits.perDay[0]: not a limit: write an amount and what it is of, for example 15000 USDC"],
  ["{ perDay: [0 USDC] }",                "accounts[0].limits.perDay[0]: a limit is above 0"],
  ["{ perDay: [1 USDC, 2 USDC] }",        "accounts[0].limits.perDay[1]: USDC is named twice"],
  ["{ instruments: [BTCUSDT, BTCUSDT] }", "accounts[0].limits.instruments[1]: BTCUSDT is named twice"],
  ["{ perWeek: [1 USDC] }",               "accounts[0].limits.perWeek: unknown key"],
])("limits %s are refused with their place", (limits, detail) => {
  const layers = read(`, limits: ${limits}`);
  expect(!layers.ok && layers.failure.facts["detail"]).toContain(detail);
});
