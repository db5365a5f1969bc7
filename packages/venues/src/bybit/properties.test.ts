import { dec, exact, subtract, text, toNumber } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { WALLET, isolatedKey } from "./accounts.ts";
import { openingMargin } from "./fill.ts";
import { liquidationPrice } from "./liquidation-price.ts";
import type { BybitTerms } from "./terms.ts";
import { bodyOf, inverse, linear, position, sceneOf, termsOf, tier } from "./testing.ts";
import { totalsOf } from "./totals.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const tiers = [
  tier("0", "100000", "0.004", "0"),
  tier("100000", "400000", "0.01", "600"),
  tier("400000", "5000000", "0.02", "4600"),
];
const coinTiers = [tier("0", "2", "0.004", "0"), tier("2", "8", "0.01", "0.012"), tier("8", "150", "0.02", "0.092")];
const TERMS = termsOf({
  contracts: {
    BTCUSDT: linear({ tiers, tick: dec("0.1") }),
    BTCUSD: inverse("BTC", { tiers: coinTiers, tick: dec("0.5") }),
  },
});
const cents = (value: number) => text(exact(BigInt(value), 2));
const held = fc.record({
  symbol: fc.constantFrom("BTCUSDT" as const, "BTCUSD" as const),
  size: fc.integer({ min: 1, max: 900 }),
  short: fc.boolean(),
  entry: fc.integer({ min: 4_000_000, max: 9_000_000 }),
  leverage: fc.integer({ min: 2, max: 60 }),
});
type Held = typeof held extends fc.Arbitrary<infer T> ? T : never;

/** Its liquidation price, with margin added by hand; in the direction that hurts, so that larger is nearer. */
function nearness(
  { symbol, size, short, entry, leverage }: Held,
  added: bigint,
  terms: BybitTerms,
): number | undefined {
  const contract = terms.contracts[symbol]!;
  const sized = `${short ? "-" : ""}${symbol === "BTCUSDT" ? cents(size) : size * 1_000}`;
  const margin = openingMargin(dec(sized), dec(cents(entry)), exact(BigInt(leverage)), contract);
  const posted = text({ digits: margin.digits + added * 10n ** 12n, scale: 18 });
  const one = position(symbol, sized, cents(entry), { coin: contract.settle, leverage: `${leverage}`, posted });
  const scene = sceneOf({ [symbol]: cents(entry) }, terms);
  const price = liquidationPrice(bodyOf({}, [one]), isolatedKey(one), symbol, scene);
  if (!price.ok) throw new Error(JSON.stringify(price.failure));
  const { down, up } = price.value;
  if (down !== undefined) return toNumber(down);
  return up === undefined ? undefined : -toNumber(up);
}
const isNotNearer = (after: number | undefined, before: number | undefined) =>
  after === undefined || (before !== undefined && after <= before);

test("more margin never brings liquidation nearer", () => {
  fc.assert(
    fc.property(
      held,
      fc.bigInt({ min: 0n, max: 10n ** 10n }),
      fc.constantFrom("mark" as const, "entry" as const),
      (one, added, valuation) => {
        const terms = { ...TERMS, valuation };
        expect(isNotNearer(nearness(one, added, terms), nearness(one, 0n, terms))).toBe(true);
      },
    ),
    { numRuns },
  );
});

test("a smaller isolated position at the same leverage never has its liquidation nearer", () => {
  fc.assert(
    fc.property(held, fc.integer({ min: 1, max: 100 }), (one, percent) => {
      const smaller = { ...one, size: Math.max(1, Math.floor((one.size * percent) / 100)) };
      expect(isNotNearer(nearness(smaller, 0n, TERMS), nearness(one, 0n, TERMS))).toBe(true);
    }),
    { numRuns },
  );
});

test("long and short mirror by the entry-price rule without fees", () => {
  const contract = linear({ tiers, takerFee: dec("0") });
  const terms = termsOf({ valuation: "entry", contracts: { BTCUSDT: contract } });
  fc.assert(
    fc.property(held, (one) => {
      const linearOne = { ...one, symbol: "BTCUSDT" as const };
      const [long, short] = [false, true].map((side) => nearness({ ...linearOne, short: side }, 0n, terms));
      const entry = one.entry / 100;
      if (long === undefined || short === undefined) return;
      expect(entry - long).toBeCloseTo(-short - entry, 3);
    }),
    { numRuns },
  );
});

test("a position at its entry never adds room to the wallet, and neither does an open order", () => {
  fc.assert(
    fc.property(held, held, fc.integer({ min: 0, max: 500 }), (one, two, opens) => {
      const made = [one, two].map((each, i) => {
        const symbol = i === 0 ? ("BTCUSDT" as const) : ("BTCUSD" as const);
        const sized = `${each.short ? "-" : ""}${i === 0 ? cents(each.size) : each.size * 1_000}`;
        return position(symbol, sized, cents(each.entry), {
          coin: i === 0 ? "USDT" : "BTC",
          leverage: `${each.leverage}`,
        });
      });
      const scene = sceneOf(
        { BTCUSDT: cents(one.entry), BTCUSD: cents(two.entry), USDT: "1.001", BTC: "60000" },
        TERMS,
      );
      const room = (positions: typeof made, size: number) => {
        const orders = [{ id: "a", symbol: "BTCUSDT", side: "one-way" as const, opens: dec(cents(size)) }];
        const totals = totalsOf(
          { is: "wallet", key: WALLET },
          bodyOf({ USDT: "100000", BTC: "1" }, positions, { orders }),
          scene,
        );
        if (!totals.ok) throw new Error(JSON.stringify(totals.failure));
        return totals.value;
      };
      const surplus = ({ have, maintenance }: ReturnType<typeof room>) => toNumber(subtract(have, maintenance));
      const [few, more, ordered] = [room(made.slice(0, 1), 0), room(made, 0), room(made, opens)];
      expect(surplus(more)).toBeLessThanOrEqual(surplus(few));
      expect(surplus(ordered)).toBeLessThanOrEqual(surplus(more));
      expect(toNumber(ordered.free)).toBeLessThanOrEqual(toNumber(few.free));
    }),
    { numRuns },
  );
});
