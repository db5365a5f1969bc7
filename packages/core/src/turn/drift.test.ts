import { createHash } from "node:crypto";
import { parityRow } from "@plimsoll/core/book";
import { dec, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { boundToy, toyHolding, toyPrice, toyTerms } from "./testing/toy-engine.ts";

const body = { wallet: 0n, loans: { a: { coin: "COIN", coins: 1_000_000_000n, debt: 500_000_000n } } };
const holding = toyHolding(body, 1_000);

/** A turn that holds one loan, read at 1,000. */
function house() {
  const turn = createTurn({
    engineOf: () => boundToy,
    sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]) => turn.turn({ seq: ++seq, at: ms(at), event });
  feed(0, { type: "terms", terms: toyTerms() });
  feed(1_000, { type: "price", key: toyPrice("COIN"), price: dec("1000"), kind: "mark", at: ms(1_000) });
  feed(1_000, { type: "holding", holding });
  const compare = (at: number, ours: string, decides: boolean) => {
    const figures = { of: "a", figure: "need", venue: dec("10"), ours: dec(ours), allowed: dec("0.1"), decides };
    return feed(at, { type: "parity", holding: holding.id, rows: [parityRow(figures)], at: ms(at) });
  };
  return { turn, feed, compare, danger: () => turn.view().accounts[0]!.danger };
}

test("figures that agree change nothing and tell nobody", () => {
  const { compare, danger } = house();
  expect(compare(1_000, "10.1", true)).toEqual([]);
  expect(danger()).toBe("safe");
});

test("a figure that decides and is not the venue's makes the account unknown until a reading agrees", () => {
  const { feed, compare, danger } = house();
  expect(compare(1_000, "10.11", true).map((each) => each.type === "alert" && each.danger)).toContain("unknown");
  expect(danger()).toBe("unknown");
  feed(2_000, { type: "holding", holding: toyHolding(body, 2_000) });
  compare(2_000, "10", true);
  expect(danger()).toBe("safe");
});

test("a figure by which nobody is judged is told once, and the account stays what it is", () => {
  const { compare, danger } = house();
  expect(compare(1_000, "11", false)).toMatchObject([
    {
      type: "alert",
      danger: "watch",
      why: { code: "differs-from-venue", facts: { of: "a", venue: "10", ours: "11" } },
    },
  ]);
  expect(danger()).toBe("safe");
  expect(compare(1_100, "11", false)).toEqual([]);
});

test("an older comparison does not replace a newer one", () => {
  const { compare, danger } = house();
  compare(1_200, "10", true);
  expect(compare(1_100, "12", true)).toEqual([]);
  expect(danger()).toBe("safe");
});
