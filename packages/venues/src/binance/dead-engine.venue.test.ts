import { createHash } from "node:crypto";
import type { BookEvent } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { type GapBound, judgeGap, sayBound } from "@plimsoll/core/protection";
import { type Decision, type Input, createTurn } from "@plimsoll/core/turn";
import { dec, fromNumber, holdingId, ms, text, toNumber } from "@plimsoll/core/units";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { expect, test } from "vitest";
import { binanceActor } from "./act.ts";
import { binanceClient } from "./client.ts";
import { binanceFeed } from "./feed.ts";
import { binance } from "./index.ts";

const ID = holdingId("mine");
const guard: Guard = {
  ...{ id: "stop", name: "a stop that stays", scope: { holding: ID }, ladder: [], target: { want: "notice" } },
  trigger: { when: "health", line: "maintenance", below: dec("1.2"), release: dec("1.3"), urgent: dec("1.1") },
  stops: [{ instrument: "BTCUSDT", kind: "mark", place: { before: dec("0.1") } }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(60_000), maxAgeMs: ms(30_000), perDay: 10 },
  mode: "armed",
};

/** A keeper lets a stop lie at the venue and prints the bound; then its machine dies, and the price jumps by `through` beyond the trigger. */
async function dieAndJump(through: number, isolated = false) {
  const running = await startBinance({
    instruments: [listings.BTCUSDT],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    ...{ seed: 7n, startAt: Date.UTC(2026, 10, 22) },
    keys: [{ account: "me", key: "key", secret: "secret" }],
  });
  const { exchange } = running;
  exchange.deposit("me", "USDT", isolated ? "30000" : "20000");
  const clock = () => exchange.now();
  const client = await binanceClient({ key: "key", secret: "secret", localPort: running.port, clock });
  await client.loadMarkets();
  if (isolated) {
    await client.setLeverage(5, "BTC/USDT:USDT");
    await client.setMarginMode("isolated", "BTC/USDT:USDT");
  }
  await client.createOrder("BTC/USDT:USDT", "market", "buy", 1);
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const turn = createTurn({ engineOf: () => binance.engine, sha256 });
  let seq = 0n;
  const feed = (event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(clock()), event });
  const read = async (): Promise<readonly Decision[]> => {
    const events = await binanceFeed(client, { holding: ID }).snapshot();
    if (!events.ok) throw new Error(events.failure.code);
    return events.value.flatMap((event: BookEvent) => feed(event));
  };
  feed({ type: "policy", guards: [guard], reserves: [] });
  const [intent] = (await read()).flatMap((decision) => (decision.type === "intend" ? [decision.intent] : []));
  const actor = binanceActor(client);
  const prepared = await actor.prepare(intent!.key, turn.view().holdings[0]!, intent!.step.action);
  expect(prepared.ok && (await actor.send(prepared.value)).is).toBe("accepted");
  exchange.advance(1_000);
  feed({ type: "outcome", key: intent!.key, outcome: { state: "done", verified: "as-predicted" } });
  expect((await read()).some(({ type }) => type === "intend")).toBe(false);
  const [cover] = turn.coverage({ deadMan: () => "off" });
  const equities = turn.view().accounts.map(({ equity }) => (equity.is === "known" ? toNumber(equity.value) : NaN));
  const equity = equities.reduce((sum, each) => sum + each, 0);
  await client.close();

  const { bound } = cover!;
  if (bound === undefined || bound.loss.is !== "known") throw new Error("not covered");
  exchange.setReference("BTCUSDT", (toNumber(bound.trigger) * (1 - through)).toFixed(1));
  for (let minute = 0; minute < 10; minute += 1) exchange.advance(60_000);
  const account = exchange.state.accounts.get("me")!;
  const left = { digits: account.cross.get("USDT")!, scale: 8 };
  const fill = exchange.state.trades.findLast((trade) => trade.account === "me" && trade.side === "sell");
  await running.stop();
  expect(account.positions.size === 0 || [...account.positions.values()].every(({ size }) => size === 0n)).toBe(true);
  return {
    ...{ cover: cover!, bound: bound as GapBound },
    ...{ most: toNumber(bound.loss.value), lost: equity - toNumber(left) },
    fill: fromNumber(Number(fill!.price) / 1e8),
  };
}

test.each([0.0005, 0.01, 0.025, 0.045])(
  "the keeper is dead and the price jumps %f through the trigger: the loss stays within the printed bound",
  async (through) => {
    const { bound, fill, lost, most, cover } = await dieAndJump(through);
    expect(cover).toMatchObject({ unprotectedMs: 0, by: [{ is: "stop" }] });
    expect(judgeGap(bound, fill)).toBe("within");
    expect(lost).toBeGreaterThan(most / 2);
    expect(lost).toBeLessThanOrEqual(most);
    expect(sayBound(cover, bound)).toMatch(/^loss at most [\d.]+ USDT for a gap of 5 % through the trigger at [\d.]+;/);
  },
);

test("an isolated position: what the stop leaves of its margin goes back to the wallet, and only the loss is the bound", async () => {
  const { bound, lost, most } = await dieAndJump(0.04, true);
  expect(bound.reachesLiquidation).toBe(false);
  expect(lost).toBeLessThanOrEqual(most);
  expect(lost).toBeGreaterThan(most * 0.8);
  expect(most).toBeLessThan(19_000);
});

test.each([0.055, 0.08, 0.12])("a jump of %f is beyond the gap: the bound is marked as exceeded", async (through) => {
  const { bound, fill, lost, most } = await dieAndJump(through);
  expect(judgeGap(bound, fill)).toBe("exceeded");
  expect(lost).toBeGreaterThan(most);
  expect(text(bound.gap)).toBe("0.05");
});
