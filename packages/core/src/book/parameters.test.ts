import fc from "fast-check";
import { canonical, dec, exact } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { diffTerms, parametersOf, withParameter } from "./parameters.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 200);

const body = {
  baseDecimals: 8,
  reserves: [
    { id: 0, asset: "WETH", liquidationThreshold: 8_300n, frozen: false },
    { id: 1, asset: "USDC", liquidationThreshold: 7_800n, frozen: false },
  ],
  eModes: [{ id: 1, label: "ETH", ltv: 9_300n }],
  symbols: { BTCUSDT: { fee: "0.0005", tiers: [{ floor: "0" }, { floor: "300000" }] } },
  "BTC/USD": { cap: exact(150n, 2) },
};

test("every parameter has a name that a person can read, and lists go by the names of their rows", () => {
  expect([...parametersOf(body)]).toEqual([
    ["baseDecimals", "8"],
    ["reserves/WETH/id", "0"],
    ["reserves/WETH/asset", "WETH"],
    ["reserves/WETH/liquidationThreshold", "8300"],
    ["reserves/WETH/frozen", "false"],
    ["reserves/USDC/id", "1"],
    ["reserves/USDC/asset", "USDC"],
    ["reserves/USDC/liquidationThreshold", "7800"],
    ["reserves/USDC/frozen", "false"],
    ["eModes/1/id", "1"],
    ["eModes/1/label", "ETH"],
    ["eModes/1/ltv", "9300"],
    ["symbols/BTCUSDT/fee", "0.0005"],
    ["symbols/BTCUSDT/tiers/1/floor", "0"],
    ["symbols/BTCUSDT/tiers/2/floor", "300000"],
    ["BTC~1USD/cap", "1.5"],
  ]);
});

test("a reserve that is listed before others renames none of them; a row that goes and one that comes are said", () => {
  const [weth, usdc] = body.reserves;
  const after = {
    ...body,
    reserves: [
      { ...weth!, asset: "wstETH", id: 2 },
      { ...usdc!, liquidationThreshold: 7_600n },
    ],
  };
  const changes = diffTerms(body, after);
  expect(changes).toContainEqual({ path: "reserves/USDC/liquidationThreshold", from: "7800", to: "7600" });
  expect(changes).toContainEqual({ path: "reserves/WETH/liquidationThreshold", from: "8300" });
  expect(changes).toContainEqual({ path: "reserves/wstETH/liquidationThreshold", to: "8300" });
  expect(changes).toHaveLength(1 + 4 + 4);
});

test("a body and what the journal gives back of it do not differ, nor do idle zeros", () => {
  expect(diffTerms(body, JSON.parse(canonical(body)))).toEqual([]);
  expect(diffTerms({ rate: "0.0050" }, { rate: "0.005" })).toEqual([]);
  expect(diffTerms({ rate: "0.0050" }, { rate: "0.0051" })).toEqual([{ path: "rate", from: "0.0050", to: "0.0051" }]);
  expect(diffTerms({ token: "0x10" }, { token: "0x010" })).toHaveLength(1);
});

// oxfmt-ignore
test.each([
  ["reserves/WETH/liquidationThreshold", "8000",     8_000n],
  ["reserves/USDC/frozen",               "true",     true],
  ["symbols/BTCUSDT/tiers/2/floor",      "250000.5", "250000.5"],
  ["BTC~1USD/cap",                       "1.75",     dec("1.75")],
  ["eModes/1/label",                     "Ether",    "Ether"],
  ["baseDecimals",                       "6",        6],
] as const)("%s becomes %s, and nothing else changes", (path, to, value) => {
  const changed = withParameter(body, path, to);
  if (!changed.ok) throw new Error(changed.failure.code);
  expect(diffTerms(body, changed.value)).toEqual([{ path, from: parametersOf(body).get(path), to }]);
  expect(canonical(changed.value)).toContain(canonical(value));
});

// oxfmt-ignore
test.each([
  ["reserves/WETH/threshold",            "1",     "terms/no-such-parameter", "id, asset, liquidationThreshold, frozen"],
  ["reserves/DOGE/frozen",               "true",  "terms/no-such-parameter", "WETH, USDC"],
  ["reserves/WETH",                      "1",     "terms/no-such-parameter", "id, asset, liquidationThreshold, frozen"],
  ["symbols/BTCUSDT/fee/taker",          "1",     "terms/no-such-parameter", "nothing below it"],
  ["reserves/WETH/frozen",               "yes",   "terms/not-such-a-value",  undefined],
  ["reserves/WETH/liquidationThreshold", "80.5",  "terms/not-such-a-value",  undefined],
  ["symbols/BTCUSDT/fee",                "0.05%", "terms/not-such-a-value",  undefined],
  ["BTC~1USD/cap",                       "lots",  "terms/not-such-a-value",  undefined],
] as const)("%s = %s is refused with what there is", (path, to, code, known) => {
  expect(withParameter(body, path, to)).toMatchObject({ ok: false, failure: { code, facts: { ...(known && { known }) } } });
});

test("changes of one document, applied one by one to another, give that other document", () => {
  const leaf = fc.oneof(fc.bigInt({ min: 0n, max: 99n }), fc.boolean(), fc.integer({ min: 0, max: 9 }).map(String));
  const shape = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 4 }).filter((name) => name !== "__proto__"),
    leaf,
  );
  const other = (value: unknown) => {
    if (typeof value === "boolean") return !value;
    return typeof value === "bigint" ? value + 1n : `${Number(value) + 1}`;
  };
  fc.assert(
    fc.property(fc.array(shape), fc.func(fc.boolean()), (rows, picks) => {
      const before = { rows, flat: Object.assign({}, ...rows) as object };
      const change = (record: object) =>
        Object.fromEntries(
          Object.entries(record).map(([name, value]) => [name, picks(name) ? other(value) : (value as unknown)]),
        );
      const after = { rows: rows.map(change), flat: change(before.flat) };
      if ([...parametersOf(before).keys()].join() !== [...parametersOf(after).keys()].join()) return;
      let built: unknown = before;
      for (const { path, to } of diffTerms(before, after)) {
        const next = withParameter(built, path, to!);
        if (!next.ok) throw new Error(`${next.failure.code} ${path}`);
        built = next.value;
      }
      expect(canonical(built)).toBe(canonical(after));
    }),
    { numRuns: runs },
  );
});
