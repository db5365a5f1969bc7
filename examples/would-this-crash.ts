// Would this crash have killed me, and would a guard have saved me? The same turn and engines that run live, over candles.
// node examples/would-this-crash.ts [candles.csv.gz]      (without a file: a generated crash)
import { createHash } from "node:crypto";
import type { Guard } from "@plimsoll/core/policy";
import { type Exact, accountKey, dec, exact, holdingId, ms, quoteKey, quotient, text } from "@plimsoll/core/units";
import { type Run, type Tape, readTape, replay } from "@plimsoll/lab";
import { countText } from "@plimsoll/server/display";
import { generateCrash } from "@plimsoll/sim/exchange";
import { engineOf } from "@plimsoll/venues";
import { binance } from "@plimsoll/venues/binance";

const MARK = quoteKey("binance:BTCUSDT:mark");

/** 20 % in half an hour, the same for the same seed. */
function generated(seed: bigint): Tape {
  const from = Date.UTC(2026, 0, 1);
  const { candles } = generateCrash({
    seed,
    from,
    symbols: [{ symbol: "BTCUSDT", start: 100_000n * 10n ** 8n, beta: 10n ** 8n }],
  });
  const bars = [...(candles.get("BTCUSDT") ?? [])].map(({ openAt, open, high, low, close }) => ({
    ...{ at: ms(openAt), open: exact(open, 8), high: exact(high, 8), low: exact(low, 8), close: exact(close, 8) },
  }));
  const ends = { first: ms(bars[0]?.at ?? from), last: ms(bars.at(-1)?.at ?? from) };
  const record = {
    file: `generated, seed ${seed}`,
    sha256: "",
    format: "plimsoll",
    timeUnit: "ms",
    rows: bars.length,
    gaps: [],
    ...ends,
  } as const;
  return { intervalMs: ms(60_000), bars, record };
}

/** A long of six times its margin, opened at the tape's first price. */
function desk(price: Exact) {
  const entry = text(price);
  const size = text(quotient(exact(120_000n), price, 3, "down"));
  const account = {
    venue: "binance",
    wallet: { USDT: "20000" },
    positions: [{ symbol: "BTCUSDT", side: "long", size, entry }],
    marks: { BTCUSDT: { price: entry, unit: "USDT" } },
  };
  const read = binance.readWritten(account, holdingId("desk"), ms(0));
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}

const guard: Guard = {
  id: "reduce",
  name: "reduce before the exchange does",
  scope: { holding: holdingId("desk"), account: accountKey("cross:USDT") },
  trigger: { when: "health", line: "maintenance", below: dec("9"), release: dec("10"), urgent: dec("3") },
  target: { want: "health", at: dec("14") },
  ladder: [{ use: "reduce", instrument: "BTCUSDT", slippage: dec("0.005") }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(600_000), perDay: 500 },
  mode: "armed",
};

const file = process.argv[2];
const read = file === undefined ? ({ ok: true, value: generated(1n) } as const) : readTape(file);
if (!read.ok) {
  console.error(`${read.failure.facts["detail"]}\nNext: ${read.failure.facts["next"]}`);
  process.exit(2);
}
const tape = read.value;
const [first] = tape.bars;
if (first === undefined) throw new Error("the tape has no candle");

console.log(`${tape.record.file}: ${tape.bars.length} candles`);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
for (const guards of [[], [guard]]) {
  const driven = [{ quote: MARK, instrument: "BTCUSDT" }];
  const replayed = replay({ tape, driven, start: desk(first.open), guards, reserves: [] }, { engineOf, sha256 });
  if (!replayed.ok) throw new Error(JSON.stringify(replayed.failure));
  console.log(guards.length === 0 ? "without a guard" : "with the guard");
  for (const run of replayed.value.runs) console.log(`  ${sentence(run)}`);
}

/** A candle does not say which extreme came first, so both ways are told. */
function sentence({ order, survived, liquidations, actions, equityBefore, equityAfter }: Run): string {
  const [before, after] = [equityBefore, equityAfter].map((equity) => equity?.get("USDT"));
  const money = `${before ? text(before) : "unknown"} became ${after ? text(after) : "unknown"} USDT`;
  return `${order}: ${survived ? "alive" : `liquidated (${countText(liquidations.length, "step")})`}, ${countText(actions.length, "action")}, ${money}`;
}
