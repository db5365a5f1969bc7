import { boundToy, toyHolding, toyPrice, toyTerms } from "@plimsoll/core/turn/testing";
import { dec, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { World } from "./world.ts";

test("each moment of a replay is judged by its own rules", () => {
  const held = toyHolding({ wallet: 0n, loans: { a: { coin: "COIN", coins: 10n ** 8n, debt: 600_000_000n } } }, 0);
  const world = new World(
    { engineOf: () => boundToy },
    [
      { type: "terms", terms: { ...toyTerms({ threshold: 4_000n }), validFrom: ms(1_000) } },
      { type: "terms", terms: toyTerms({ threshold: 8_000n }) },
      { type: "price", key: toyPrice("COIN"), price: dec("1000"), kind: "mark", at: ms(0) },
      { type: "holding", holding: held },
    ],
    [],
  );
  expect(world.liquidate(ms(999))).toEqual([]);
  expect(world.liquidate(ms(1_000))).toHaveLength(1);
});
