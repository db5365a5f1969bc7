import { canonical } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Desk } from "./testing/desk.ts";
import { fixed } from "./fixed.ts";
import { isCrossed, scopesOf } from "./margin.ts";
import type { Input } from "./turn.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 40);
const account = fc.constantFrom("alice", "bob");
const symbol = fc.constantFrom("BTCUSDT", "ETHUSDT");
const positionSide = fc.constantFrom("BOTH", "BOTH", "BOTH", "LONG", "SHORT");
const milli = fc
  .oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 30_000 }))
  .map((lots) => BigInt(lots) * fixed("0.001"));
const near = { BTCUSDT: fixed("100000"), ETHUSDT: fixed("4000") };

/** Prices from 15 % below to 15 % above the start, on the tick. */
const price = (of: "BTCUSDT" | "ETHUSDT") =>
  fc
    .integer({ min: 850, max: 1150 })
    .map((permille) => ((near[of] * BigInt(permille)) / 1000n / fixed("0.1")) * fixed("0.1"));
const input: fc.Arbitrary<Input> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        account,
        symbol,
        positionSide,
        size: milli,
        side: fc.constantFrom("buy" as const, "sell" as const),
        type: fc.constantFrom("LIMIT" as const, "MARKET" as const),
        timeInForce: fc.constantFrom("GTC" as const, "IOC" as const),
        reduceOnly: fc.boolean(),
      })
      .chain((order) =>
        price(order.symbol).map((at): Input => ({
          type: "order",
          account: order.account,
          order: { ...order, clientId: "", price: order.type === "LIMIT" ? at : 0n },
        })),
      ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(symbol, fc.integer({ min: 995, max: 1005 }), fc.bigInt({ min: 0n, max: 9_999n }))
      .chain(([of, premium, dust]) =>
        price(of).map((clean): Input => {
          const index = clean + dust; // an index has all eight decimals, so that amounts have to be cut
          return { type: "price", symbol: of, index, mid: (index * BigInt(premium)) / 1000n };
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ account, symbol, leverage: fc.integer({ min: 1, max: 150 }) })
      .map((one): Input => ({ type: "leverage", ...one })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ account, symbol, margin: fc.constantFrom("cross" as const, "isolated" as const) })
      .map((one): Input => ({ type: "margin", ...one })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ account, hedge: fc.boolean() }).map((one): Input => ({ type: "hedge", ...one })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ account, symbol, positionSide, amount: fc.bigInt({ min: -fixed("5000"), max: fixed("5000") }) })
      .map((one): Input => ({ type: "move-margin", ...one })),
  },
  { weight: 1, arbitrary: fc.record({ account, symbol }).map((one): Input => ({ type: "cancel-all", ...one })) },
);
const day = fc.array(fc.tuple(input, fc.integer({ min: 0, max: 7_200_000 })), { minLength: 1, maxLength: 60 });

/** Desk.run throws when the sum of everything is off by one unit, or sizes do not cancel. */
function play(steps: readonly (readonly [Input, number])[]): Desk {
  const desk = new Desk({ seed: 7n });
  for (const [next, wait] of steps) {
    desk.now += wait;
    desk.run(next);
  }
  return desk;
}

test("money and size are conserved to the last unit, and nobody is left beyond the line", () => {
  fc.assert(
    fc.property(day, (steps) => {
      const desk = play(steps);
      for (const one of desk.state.accounts.values()) {
        if (one.id.startsWith("#")) continue;
        for (const scope of scopesOf(desk, one)) expect(isCrossed(desk, scope)).toBe(false);
      }
    }),
    { numRuns },
  );
});

test("the same steps give the same exchange", () => {
  fc.assert(
    fc.property(day, (steps) => {
      const [a, b] = [play(steps), play(steps)];
      const plain = ({ state }: Desk) =>
        canonical({
          accounts: [...state.accounts.values()].map(({ called, ...rest }) => ({ ...rest, called: [...called] })),
          trades: state.trades,
        });
      expect(plain(a)).toBe(plain(b));
    }),
    { numRuns: Math.ceil(numRuns / 4) },
  );
});
