import type { Depth } from "@plimsoll/core/book";
import { dec, ms, text, trim } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { levelsOf, shareOfLimit, walkBook } from "./order-cost.ts";

const depth: Depth = {
  bids: [
    [dec("99.9"), dec("2")],
    [dec("99.5"), dec("3")],
    [dec("98"), dec("100")],
  ],
  asks: [
    [dec("100.2"), dec("1")],
    [dec("101"), dec("4")],
  ],
  at: ms(0),
};
const order = (side: "buy" | "sell", size: string, limit: string) => ({
  ...({ do: "order", instrument: "X", reduceOnly: true } as const),
  side,
  size: dec(size),
  limit: dec(limit),
});
const plain = (value: Parameters<typeof text>[0]) => text(trim(value));

// worked by hand against a mark of 100: lost is size times the distance from the mark, level by level
// oxfmt-ignore
test.each([
  // side   size   limit    filled lost   share of the way to the limit
  ["sell",  "1",   "99",    "1",   "0.1", "0.1"],
  ["sell",  "4",   "99",    "4",   "1.2", "0.3"],
  ["sell",  "10",  "99",    "5",   "1.7", "0.67"],
  ["sell",  "10",  "98",    "10",  "11.7", "0.585"],
  ["buy",   "2",   "101",   "2",   "1.2", "0.6"],
  ["buy",   "2",   "100.5", "1",   "0.2", "0.7"],
] as const)("%s %s down or up to %s: %s filled, %s lost", (side, size, limit, filled, lost, share) => {
  const one = order(side, size, limit);
  const walk = walkBook(depth, one, dec("100"));
  expect([plain(walk.filled), plain(walk.lost)]).toEqual([filled, lost]);
  const { share: of, whole } = shareOfLimit(depth, one, dec("100"));
  expect([plain(of), whole]).toEqual([share, filled === size]);
});

test("levels end at the limit, and a fill better than the mark is no gain", () => {
  expect(levelsOf(depth, { side: "sell", limit: dec("99") }).map(plain)).toEqual(["2", "5"]);
  expect(plain(walkBook(depth, order("sell", "2", "99"), dec("99.8")).lost)).toBe("0");
});
