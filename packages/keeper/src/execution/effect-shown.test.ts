import type { Action, Holding } from "@plimsoll/core/book";
import { type Exact, assetId, dec, holdingId, ms, pow10, rescale } from "@plimsoll/core/units";
import { sky, skyAccount } from "@plimsoll/venues/sky";
import { expect, test } from "vitest";
import { effectShown } from "./effect-shown.ts";

const THEN = 1_760_000_000;
const account = skyAccount("ETH-A", "7");
const [terms] = sky.terms;
const wei = (amount: string): string => String(rescale(dec(amount), 18, "down").digits);

/** A vault of so much normalised debt at a fee of 5 % a year, dripped at `THEN`, and dollars in the wallet. */
const vault = (art: string, wallet: string, seconds = 0): Holding => ({
  ...{ id: holdingId("sky:me"), venue: sky.id, rules: sky.rules[0]!, asOf: ms((THEN + seconds) * 1000) },
  body: {
    ...{ market: "ethereum", owner: "0xa", block: "1", timestamp: String(THEN + seconds), dirt: "0", sales: [] },
    ilks: [
      { ilk: "ETH-A", rate: String(pow10(27)), rho: String(THEN), fee: "1000000001547125957863212448", dirt: "0" },
    ],
    vaults: [{ id: "7", ilk: "ETH-A", ink: wei("100"), art: wei(art), gem: "0" }],
    wallet: [{ asset: "DAI", units: wei(wallet) }],
  },
});
const shown = (amount: Exact | "all", before: Holding, now: Holding) => {
  const scene = { now: now.asOf, quotes: new Map(), terms: terms! };
  const action: Action = { do: "repay", asset: assetId("DAI"), amount, account };
  return effectShown({ engine: sky.engine, account, scene }, action, before, now);
};

// A message is made at THEN for what 1,000 dollars are of normalised debt then, 1,000; 36 seconds later they would be 6e-8 less of it.
// What enters covers an hour: 1,000 * (1.0000000015471^3600 - 1) = 0.00557 dollars beside what was said.
// oxfmt-ignore
test.each([
  ["done: by the rate of then",          "1000",  ["20000", "50000"], ["19000", "49000"],        "as-predicted"],
  ["nothing",                            "1000",  ["20000", "50000"], ["20000", "50000"],        "no-effect"],
  ["half of it",                         "1000",  ["20000", "50000"], ["19500", "49500"],        "differs"],
  ["twice",                              "1000",  ["20000", "50000"], ["18000", "48000"],        "differs"],
  ["done, out of a wallet that limits",  "1000",  ["20000", "1500"],  ["19000", "499.994430"],   "as-predicted"],
  ["nothing left that wallet",           "1000",  ["20000", "1500"],  ["20000", "1500"],         "no-effect"],
  ["half left that wallet",              "1000",  ["20000", "1500"],  ["19500", "999.99"],       "differs"],
  ["less than waiting costs, not done",  "0.001", ["20000", "50000"], ["20000", "50000"],        "no-effect"],
  ["all that was owed when decided",     "20000", ["20000", "50000"], ["0", "29999.99"],         "as-predicted"],
  ["all",                                "all",   ["20000", "50000"], ["0", "29999.99"],         "as-predicted"],
] as const)("a repayment whose normalised debt was fixed when it was made: %s", (_case, amount, before, now, expected) => {
  expect(shown(amount === "all" ? amount : dec(amount), vault(before[0], before[1]), vault(now[0], now[1], 36))).toBe(expected);
});
