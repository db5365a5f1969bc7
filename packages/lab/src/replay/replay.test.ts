import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BookEvent } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { type Tape, readTape } from "@plimsoll/lab/tape";
import {
  type Exact,
  type Ms,
  accountKey,
  atLeast,
  below,
  dec,
  exact,
  holdingId,
  ms,
  quoteKey,
  text,
} from "@plimsoll/core/units";
import { generateCrash } from "@plimsoll/sim/exchange";
import { binance } from "@plimsoll/venues/binance";
import { engineOf } from "@plimsoll/venues";
import { expect, test } from "vitest";
import { type Run, replay } from "./replay.ts";

const ports = { engineOf, sha256: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest() };
const MARK = quoteKey("binance:BTCUSDT:mark");
const driven = [{ quote: MARK, instrument: "BTCUSDT" }];

/** A desk with 20,000 USDT that is long 1.6 BTC at the price given: 8 times leveraged. */
function desk(price: string): readonly BookEvent[] {
  const written = {
    venue: "binance",
    name: "desk",
    wallet: { USDT: "20000" },
    positions: [{ symbol: "BTCUSDT", side: "long", size: "1.6", entry: price, leverage: "10" }],
    marks: { BTCUSDT: { price, unit: "USDT" } },
  };
  const read = binance.readWritten(written, holdingId("desk"), ms(0));
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}

const guard = (trigger: string, target: string, mode: Guard["mode"] = "armed"): Guard => ({
  id: "reduce",
  name: "reduce",
  scope: { holding: holdingId("desk"), account: accountKey("cross:USDT") },
  trigger: { when: "health", line: "maintenance", below: dec(trigger), release: dec(trigger), urgent: dec("3") },
  target: { want: "health", at: dec(target) },
  ladder: [{ use: "reduce", instrument: "BTCUSDT", slippage: dec("0.005") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(600_000), perDay: 500 },
  mode,
});

function crash(seed: bigint): Tape {
  const { candles } = generateCrash({
    seed,
    from: 1_700_000_040_000,
    symbols: [{ symbol: "BTCUSDT", start: 100_000_00000000n, beta: 100_000_000n }],
  });
  const bars = [...candles.get("BTCUSDT")!].map(({ openAt, open, high, low, close }) => ({
    at: ms(openAt),
    open: exact(open, 8),
    high: exact(high, 8),
    low: exact(low, 8),
    close: exact(close, 8),
  }));
  const [first, last] = [bars[0]!.at, bars.at(-1)!.at];
  return {
    intervalMs: ms(60_000),
    bars,
    record: {
      file: "generated",
      sha256: "",
      format: "plimsoll",
      timeUnit: "ms",
      rows: bars.length,
      first,
      last,
      gaps: [],
    },
  };
}

const fallen = crash(1n);

const run = (tape: Tape, price: string, guards: readonly Guard[]) => {
  const replayed = replay({ tape, driven, start: desk(price), guards, reserves: [] }, ports);
  if (!replayed.ok) throw new Error(replayed.failure.code);
  return replayed.value;
};
const guarded = run(fallen, "100000", [guard("9", "14")]);
const equityOf = ({ equityAfter }: Run) => equityAfter!.get("USDT")!;

test("the crash that takes the unguarded desk spares the guarded one, both ways through each bar", () => {
  const [off, on] = [run(fallen, "100000", []), guarded];
  expect(off.runs.map(({ order, survived }) => [order, survived])).toEqual([
    ["high-first", false],
    ["low-first", false],
  ]);
  expect(on.runs.map(({ survived }) => survived)).toEqual([true, true]);
  for (const [index, spared] of on.runs.entries()) {
    expect(spared.actions.length).toBeGreaterThan(0);
    expect(spared.actions.every(({ refused }) => refused === undefined)).toBe(true);
    expect(atLeast(spared.lowestHealth!, dec("1"))).toBe(true);
    expect(below(equityOf(off.runs[index]!), equityOf(spared))).toBe(true);
  }
});

test("the same plan gives the same states, another seed or guard others", () => {
  const hashesOf = ({ runs }: typeof guarded) => runs.map(({ hash }) => hash);
  const hashes = (seed: bigint, target: string) => hashesOf(run(crash(seed), "100000", [guard("9", target)]));
  const once = hashesOf(guarded);
  expect(hashes(1n, "14")).toEqual(once);
  expect(hashes(2n, "14")).not.toEqual(once);
  expect(hashes(1n, "13")).not.toEqual(once);
});

test("a guard in shadow acts never and saves nobody", () => {
  const shadow = run(fallen, "100000", [guard("9", "14", "shadow")]);
  expect(shadow.runs.map(({ actions, survived }) => [actions.length, survived])).toEqual([
    [0, false],
    [0, false],
  ]);
});

test("a guard too late for the tape is shown as it is", () => {
  const late = run(fallen, "100000", [guard("1.000001", "1.0001")]);
  expect(late.survived).toBe(false);
});

test("money is conserved by what the guard does: equity moves by price and fees alone", () => {
  const calm: Tape = {
    ...fallen,
    bars: fallen.bars
      .slice(0, 3)
      .map((bar) => ({ ...bar, open: dec("100000"), high: dec("100000"), low: dec("100000"), close: dec("100000") })),
  };
  const [idle] = run(calm, "100000", []).runs;
  const [eager] = run(calm, "100000", [guard("60", "80")]).runs;
  const sold = eager!.actions.reduce(
    (sum, { intent }) =>
      intent.step.action.do === "order"
        ? sum +
          Number(text(intent.step.action.size)) * (100_000 - Number(text(intent.step.action.limit)) * (1 - 0.0005))
        : sum,
    0,
  );
  expect(Number(text(equityOf(idle!))) - Number(text(equityOf(eager!)))).toBeCloseTo(sold, 4);
});

test("a funding settlement takes its rate of the notional from a long, once", () => {
  const calm: Tape = {
    ...fallen,
    bars: fallen.bars
      .slice(0, 4)
      .map((bar) => ({ ...bar, open: dec("100000"), high: dec("100000"), low: dec("100000"), close: dec("100000") })),
  };
  const settled = (funding: readonly { at: Ms; value: Exact }[]) => {
    const replayed = replay({ tape: calm, driven, start: desk("100000"), guards: [], reserves: [], funding }, ports);
    if (!replayed.ok) throw new Error(replayed.failure.code);
    return replayed.value.runs.map((each) => text(equityOf(each)));
  };
  const at = (bar: number) => ms(calm.bars[bar]!.at + 1);
  // 1.6 coins at 100,000 are 160,000: 0.3 % of it is 480
  expect(settled([]).map(Number)).toEqual([20_000, 20_000]);
  expect(settled([{ at: at(1), value: dec("0.003") }]).map(Number)).toEqual([19_520, 19_520]);
  expect(
    settled([
      { at: ms(0), value: dec("0.003") },
      { at: at(1), value: dec("-0.001") },
    ]).map(Number),
  ).toEqual([20_160, 20_160]);
});

test("a book without a quote of the tape is refused with the quotes that it has", () => {
  const replayed = replay(
    {
      tape: fallen,
      driven: [{ quote: quoteKey("binance:ETHUSDT:mark") }],
      start: desk("100000"),
      guards: [],
      reserves: [],
    },
    ports,
  );
  expect(!replayed.ok && [replayed.failure.code, replayed.failure.facts["next"]]).toEqual([
    "replay/no-quote",
    "drive one of: binance:BTCUSDT:mark",
  ]);
});

const data = process.env["PLIMSOLL_DATA"] ?? "../shared/data";
const october = join(data, "ohlcv/crash/2025-10-binance-perp-BTCUSDT-5m.csv.gz");
test.skipIf(!existsSync(october))(
  "10 October 2025 on recorded prices (PLIMSOLL_DATA): an eightfold long dies unguarded and lives guarded",
  () => {
    const tape = readTape(october);
    if (!tape.ok) throw new Error(tape.failure.code);
    const bars = tape.value.bars.filter(({ at }) => at >= Date.UTC(2025, 9, 10, 12) && at < Date.UTC(2025, 9, 11));
    const cut = {
      ...tape.value,
      bars,
      record: { ...tape.value.record, first: bars[0]!.at, last: bars.at(-1)!.at, rows: bars.length },
    };
    const start = text(bars[0]!.open);
    expect([run(cut, start, []).survived, run(cut, start, [guard("20", "30")]).survived]).toEqual([false, true]);
  },
);
