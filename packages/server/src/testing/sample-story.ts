import type { Intent, Plan } from "@plimsoll/core/planner";
import { type Ms, accountKey, assetId, dec, hash, holdingId, known, ms, why } from "@plimsoll/core/units";
import type { Happening, Money, StoryView } from "@plimsoll/server/view";
import { START, sampleBook } from "./sample-book.ts";

const usd = (amount: string): Money => ({ amount: dec(amount), unit: "USD" });
const [holding, account] = [holdingId("treasury"), accountKey(`aave-v3:ethereum:0x7a3f${"0".repeat(32)}91c2`)];

const step: Plan["steps"][number] = {
  id: hash("a1".repeat(32)),
  holding,
  account,
  action: { do: "repay", asset: assetId("USDC"), amount: dec("41250.75") },
  after: [],
  notBefore: START,
  expires: ms(START + 60_000),
  arrives: { usualMs: ms(12_000), worstMs: ms(120_000) },
  undo: "none",
};
const intent: Intent = { step, plan: hash("b2".repeat(32)), key: "plm-5f1c9e", attempt: 1 };

/** The demonstration at a share of its way: first the run without guards, then the one with them. */
export function storyAt(progress: number): StoryView {
  const done = progress >= 1;
  return {
    title: "A crash, twice: the same leveraged book without and with guards",
    phase: done ? "finished" : progress < 0.5 ? "guards-off" : "guards-on",
    progress,
    clock: ms(START + Math.round(progress * 3_600_000)),
    speed: 240,
    now: "WETH falls to 3 264 (−14%): the Aave account nears its line",
    runs: [
      {
        guards: "off",
        state: progress < 0.5 ? "running" : "finished",
        equityStart: usd("84210.44"),
        equityNow: usd("31877.02"),
        liquidations: 3,
        actions: 0,
        lowestHealth: dec("0.961"),
      },
      {
        guards: "on",
        state: done ? "finished" : progress < 0.5 ? "waiting" : "running",
        ...(progress >= 0.5 && {
          equityStart: usd("84210.44"),
          equityNow: usd("61340.18"),
          lowestHealth: dec("1.094"),
        }),
        liquidations: 0,
        actions: progress < 0.5 ? 0 : 4,
      },
    ],
    ...(done && {
      sentence:
        "Without guards the book was liquidated 3 times and lost 14 120.87 USD to it; with guards it was not liquidated, at a cost of 212.61 USD for 4 actions.",
    }),
  };
}

const lines = (health: string) =>
  sampleBook().accounts[0]?.assessment?.lines.map((line) => ({ ...line, health: dec(health) })) ?? [];
const chain = (seq: bigint) => ({ stream: holding, seq, hash: hash("c3".repeat(32)) });

/** What a rescue writes into the journal, in order. */
export const sampleHappenings = (at: Ms = START): readonly Omit<Happening, "seq">[] => [
  { at, what: { is: "note", text: "Run 1: guards off" } },
  {
    at,
    what: {
      is: "alert",
      account,
      danger: "act",
      why: why("distance", { detail: "WETH is 14.3% above the price that liquidates, level act below 22.5%" }),
    },
  },
  {
    at,
    what: {
      is: "venue",
      did: "Liquidated by Aave: half of the debt repaid by a liquidator",
      holding,
      account,
      taken: [{ asset: assetId("WETH"), amount: dec("12.804") }],
      fee: [{ asset: assetId("WETH"), amount: dec("0.610") }],
    },
  },
  {
    at,
    chain: chain(118n),
    what: {
      is: "plan",
      plan: {
        hash: intent.plan,
        mode: "armed",
        steps: [step],
        cost: dec("53.15"),
        costParts: [{ of: "gas", amount: dec("53.15"), is: "at-most" }],
        gap: dec("0"),
        realisesSale: [],
        doNothing: known(dec("4706.95"), at),
        before: [],
        after: [],
        because: [
          "health of maintenance 1.168 is below 1.20 and stood there for 6 s; repaying 41 250.75 USDC brings it to 1.45",
        ],
        alternatives: [{ what: "supply 10.9 WETH", why: "costs 61.20 USD and adds to what falls" }],
      },
    },
  },
  { at, chain: chain(119n), what: { is: "intent", intent, because: "guard keep treasury: health 1.168 below 1.20" } },
  {
    at,
    chain: chain(121n),
    what: {
      is: "outcome",
      intent,
      outcome: { state: "done", verified: "as-predicted" },
      predicted: lines("1.4502"),
      actual: lines("1.4502"),
    },
  },
];
