import type { Action } from "@plimsoll/core/book";
import { evaluate, liquidationPrices } from "@plimsoll/core/margin";
import {
  type Exact,
  absolute,
  accountKey,
  add,
  assetId,
  atLeast,
  canonical,
  compare,
  exact,
  isNegative,
  magnitude,
  quotient,
  rescale,
  subtract,
  text,
  toNumber,
} from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accountsOf } from "./accounts.ts";
import { applyFill } from "./fill.ts";
import { type Body, type Position, positionName } from "./holding.ts";
import { readBody } from "./read-holding.ts";
import { liquidationPrice, margin } from "./margin.ts";
import { SNAPSHOT, bodyOf, position, sceneOf } from "./testing.ts";
import { sumOf, totalsOf } from "./totals.ts";

const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 150) };
const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"] as const;
const PRICE = { BTCUSDT: 90_000, ETHUSDT: 3_000, SOLUSDT: 150 } as const;

/** Random accounts: one-way or hedge, cross and isolated beside each other, notionals from 50 to 500 million. */
const anyPosition = (symbol: (typeof SYMBOLS)[number], side: "BOTH" | "LONG" | "SHORT") =>
  fc
    .record({
      notional: fc.double({ min: Math.log(50), max: Math.log(5e8), noNaN: true }),
      long: fc.boolean(),
      drift: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
      isolated: fc.boolean(),
      cover: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      leverage: fc.integer({ min: 1, max: 125 }),
    })
    .map(({ notional, long, drift, isolated, cover, leverage }): Position => {
      const value = Math.exp(notional);
      const size = Math.max(0.001, value / PRICE[symbol]).toFixed(3);
      const short = side === "SHORT" || (side === "BOTH" && !long);
      const wallet = isolated ? { wallet: (value * cover).toFixed(8) } : {};
      return position(symbol, short ? `-${size}` : size, (PRICE[symbol] * (1 + drift)).toFixed(2), {
        side,
        leverage: `${leverage}`,
        ...wallet,
      });
    });
const anyBody = fc
  .record({
    hedge: fc.boolean(),
    symbols: fc.subarray([...SYMBOLS], { minLength: 1 }),
    wallet: fc.double({ min: 0, max: 5e7, noNaN: true }),
  })
  .chain(({ hedge, symbols, wallet }) =>
    fc
      .tuple(
        ...symbols.flatMap((symbol) =>
          hedge ? [anyPosition(symbol, "LONG"), anyPosition(symbol, "SHORT")] : [anyPosition(symbol, "BOTH")],
        ),
      )
      .map(
        (positions) => ({ ...bodyOf(wallet.toFixed(8), positions), mode: hedge ? "hedge" : "one-way" }) satisfies Body,
      ),
  );
const anyMarks = fc
  .tuple(...SYMBOLS.map(() => fc.double({ min: -Math.log(5), max: Math.log(5), noNaN: true })))
  .map((moves) =>
    Object.fromEntries(SYMBOLS.map((symbol, i) => [symbol, (PRICE[symbol] * Math.exp(moves[i]!)).toFixed(8)])),
  );

const maintenanceOf = (body: Body, account: string, marks: Readonly<Record<string, string>>) =>
  margin.assess(body, accountKey(account), sceneOf(marks)).lines.find(({ name }) => name === "maintenance");

test("form and engine agree on every account, line and mark within the form's own error", () => {
  fc.assert(
    fc.property(anyBody, anyMarks, anyMarks, (body, then, now) => {
      for (const key of margin.accounts(body))
        for (const name of ["maintenance", "initial"] as const) {
          const compiled = margin.compile(body, key, sceneOf(then), name);
          if (!("form" in compiled)) continue;
          const line = margin.assess(body, key, sceneOf(now)).lines.find((each) => each.name === name)!;
          const { form } = compiled;
          const { surplus, gross } = evaluate(
            form,
            form.quotes.map((quote) => Number(now[quote.split(":")[1]!])),
          );
          const allowed = form.error.absolute + form.error.relative * gross;
          expect(Math.abs(surplus() - toNumber(line.surplus))).toBeLessThanOrEqual(allowed);
        }
    }),
    runs,
  );
});

test("the exact liquidation price is the line: one side of it safe, the other not; the form finds the same", () => {
  fc.assert(
    fc.property(anyBody, anyMarks, (body, marks) => {
      for (const { key, positions } of accountsOf(body))
        for (const symbol of new Set(positions.map((each) => each.symbol))) {
          const found = liquidationPrice(body, key, symbol, sceneOf(marks));
          if (!found.ok) throw new Error(found.failure.code);
          const crossedAt = (price: Exact) => maintenanceOf(body, key, { ...marks, [symbol]: text(price) })!.crossed;
          const tick = exact(1n, 8);
          const { down, up } = found.value;
          if (down !== undefined && compare(down, tick) > 0) {
            expect(crossedAt(add(down, tick))).toBe(false);
            expect(crossedAt(subtract(down, tick))).toBe(true);
          }
          if (up !== undefined) {
            expect(crossedAt(subtract(up, tick))).toBe(false);
            expect(crossedAt(add(up, tick))).toBe(true);
          }
        }
    }),
    runs,
  );
});

test("form and exact liquidation price agree while the account is safe", () => {
  fc.assert(
    fc.property(anyBody, anyMarks, (body, marks) => {
      for (const { key, positions } of accountsOf(body)) {
        const line = maintenanceOf(body, key, marks);
        const compiled = margin.compile(body, key, sceneOf(marks), "maintenance");
        if (line === undefined || line.crossed || !("form" in compiled)) continue;
        const { form } = compiled;
        const quotes = form.quotes.map((quote) => Number(marks[quote.split(":")[1]!]));
        for (const symbol of new Set(positions.map((each) => each.symbol))) {
          const exactly = liquidationPrice(body, key, symbol, sceneOf(marks));
          if (!exactly.ok) throw new Error(exactly.failure.code);
          const floats = liquidationPrices(
            form,
            quotes,
            form.quotes.findIndex((key) => key.includes(symbol)),
          );
          for (const way of ["down", "up"] as const) {
            const [want, got] = [exactly.value[way], floats[way]];
            if (want === undefined) continue;
            const value = toNumber(want);
            if (value <= floats.searched.low || value >= floats.searched.high) continue;
            const slope = slopeAt(
              form,
              quotes,
              form.quotes.findIndex((key) => key.includes(symbol)),
              value,
            );
            const { gross } = evaluate(
              form,
              quotes.with(
                form.quotes.findIndex((key) => key.includes(symbol)),
                value,
              ),
            );
            const allowed = 2e-8 + value * 1e-12 + (4 * form.error.relative * gross) / slope;
            expect(Math.abs((got ?? Number.NaN) - value)).toBeLessThanOrEqual(allowed);
          }
        }
      }
    }),
    runs,
  );
});

function slopeAt(
  form: Parameters<typeof evaluate>[0],
  quotes: readonly number[],
  quote: number,
  price: number,
): number {
  const at = (value: number) => evaluate(form, quotes.with(quote, value)).surplus();
  const step = price * 1e-4;
  return Math.min(Math.abs(at(price + step) - at(price)), Math.abs(at(price) - at(price - step))) / step;
}

test("margin moved to an isolated position never lowers its health, and only the free part can be moved", () => {
  fc.assert(
    fc.property(anyBody, anyMarks, fc.bigInt({ min: 1n, max: 10n ** 16n }), (body, marks, digits) => {
      for (const target of accountsOf(body).filter(({ is }) => is === "isolated")) {
        const move: Action = {
          do: "move-margin",
          from: accountKey("cross:USDT"),
          to: target.key,
          asset: assetId("USDT"),
          amount: exact(digits, 8),
        };
        const free = totalsOf(accountsOf(body)[0]!, sceneOf(marks));
        const applied = margin.apply(body, move, sceneOf(marks));
        if (!free.ok) throw new Error(free.failure.code);
        if (!applied.ok) {
          expect(applied.failure.code).toBe("binance/margin-insufficient");
          continue;
        }
        const [before, after] = [
          maintenanceOf(body, target.key, marks)!,
          maintenanceOf(applied.value, target.key, marks)!,
        ];
        expect(atLeast(after.health, before.health)).toBe(true);
        expect(atLeast(free.value.free!, move.amount)).toBe(true);
        expect(text(walletSum(applied.value))).toBe(text(walletSum(body)));
      }
    }),
    runs,
  );
});

const walletSum = (body: Body): Exact =>
  rescale(
    sumOf([
      ...body.wallets.map(({ cross }) => cross),
      ...body.positions.map(({ margin: held }) => (held.mode === "cross" ? exact(0n) : held.wallet)),
    ]),
    8,
    "down",
  );

/** Everything the owner has at these marks: all wallets and all unrealised profit. */
const worth = (body: Body, marks: Readonly<Record<string, string>>): Exact =>
  sumOf([
    walletSum(body),
    ...accountsOf(body).map((account) => {
      const totals = totalsOf(account, sceneOf(marks));
      if (!totals.ok) throw new Error(totals.failure.code);
      return account.is === "unified" ? totals.value.equity : subtract(totals.value.equity, account.wallet);
    }),
  ]);

test("a reducing order never makes a position larger or turns it, and its fee is all that a fill at mark costs", () => {
  fc.assert(
    fc.property(anyBody, anyMarks, fc.double({ min: 0.001, max: 1, noNaN: true }), (body, marks, share) => {
      for (const held of body.positions) {
        const { step } = SNAPSHOT.symbols[held.symbol]!;
        const steps = quotient(magnitude(held.size), step, 0, "down").digits;
        const part = (steps * BigInt(Math.round(share * 1000))) / 1000n;
        const size = exact(step.digits * part, step.scale);
        const limit = exact(BigInt(Math.round(Number(marks[held.symbol]) * 10)), 1);
        const at = { ...marks, [held.symbol]: text(limit) };
        const order: Action = {
          do: "order",
          instrument: held.symbol,
          side: isNegative(held.size) ? "buy" : "sell",
          size,
          limit,
          reduceOnly: true,
        };
        const applied = margin.apply(body, order, sceneOf(at));
        if (!applied.ok) continue;
        const left = applied.value.positions.find((each) => positionName(each) === positionName(held));
        expect(compare(magnitude(left?.size ?? exact(0n)), magnitude(held.size))).toBeLessThan(0);
        if (left !== undefined) expect(isNegative(left.size)).toBe(isNegative(held.size));
        const fee = toNumber(size) * toNumber(limit) * 0.0005;
        const lost = toNumber(subtract(worth(body, at), worth(applied.value, at)));
        expect(lost).toBeGreaterThanOrEqual(fee * (1 - 1e-9) - 1e-12);
        expect(lost).toBeLessThanOrEqual(fee * (1 + 1e-9) + 5e-8);
      }
    }),
    runs,
  );
});

test("fills conserve: opening, adding, reducing and turning at a price changes worth at that price by the fee alone", () => {
  const trade = fc.record({
    buy: fc.boolean(),
    size: fc.integer({ min: 1, max: 500_000 }),
    price: fc.integer({ min: 100_000, max: 2_000_000 }),
    isolated: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(trade, { minLength: 1, maxLength: 12 }), (trades) => {
      let body = bodyOf("1000000000", []);
      const isolated = trades[0]!.isolated;
      for (const { buy, size, price } of trades) {
        const at = { BTCUSDT: text(exact(BigInt(price), 1)) };
        const held = isolated ? ({ mode: "isolated", wallet: exact(0n) } as const) : ({ mode: "cross" } as const);
        const filled = applyFill(
          body,
          {
            symbol: "BTCUSDT",
            positionSide: "BOTH",
            side: buy ? "buy" : "sell",
            size: exact(BigInt(size), 3),
            price: exact(BigInt(price), 1),
            fee: [{ asset: assetId("USDT"), amount: exact(7n, 8) }],
            opens: { asset: "USDT", margin: held, leverage: exact(20n) },
          },
          {},
        );
        if (!filled.ok) throw new Error(filled.failure.code);
        const lost = rescale(subtract(worth(body, at), worth(filled.value, at)), 12, "ceil").digits;
        expect(lost >= 7n * 10_000n).toBe(true);
        expect(lost <= 11n * 10_000n).toBe(true);
        body = filled.value;
      }
    }),
    runs,
  );
});

test("a body survives the journal: canonical text reads back to the same body", () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const read = readBody(JSON.parse(canonical(body)));
      expect(read).toEqual({ ok: true, value: body });
    }),
    runs,
  );
});

test("a liquidation accounts for every unit: equity before - after = taken + fee - bad debt, step by step", () => {
  fc.assert(
    fc.property(anyBody, anyMarks, fc.integer({ min: 0, max: 200 }), (body, marks, slippage) => {
      const scene = sceneOf(marks);
      const market = {
        fill: (symbol: string, side: "buy" | "sell") => {
          const price = Number(marks[symbol]) * (1 + ((side === "buy" ? 1 : -1) * slippage) / 10_000);
          return {
            is: "known",
            value: exact(BigInt(Math.round(price * 100)), 2),
            from: "derived",
            asOf: scene.now,
          } as const;
        },
      };
      for (const { key } of accountsOf(body)) {
        const steps = margin.liquidate(body, key, scene, market, "worst-for-owner");
        const crossed = maintenanceOf(body, key, marks)?.crossed ?? false;
        expect(steps.length > 0).toBe(crossed);
        let before = body;
        for (const { after, taken, fee, badDebt } of steps) {
          const amount = (flows: readonly { readonly amount: Exact }[]) => sumOf(flows.map((each) => each.amount));
          const lost = subtract(worth(before, marks), worth(after, marks));
          const told = subtract(add(amount(taken), amount(fee)), amount(badDebt));
          expect(absolute(rescale(subtract(lost, told), 8, "down").digits) <= 2n).toBe(true);
          for (const each of after.positions) {
            const old = before.positions.find((held) => positionName(held) === positionName(each))!;
            expect(compare(magnitude(each.size), magnitude(old.size))).toBeLessThanOrEqual(0);
          }
          before = after;
        }
        if (crossed) expect(maintenanceOf(before, key, marks)?.crossed ?? false).toBe(false);
      }
    }),
    runs,
  );
});
