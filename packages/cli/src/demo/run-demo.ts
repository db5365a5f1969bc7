import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  fail,
  hex,
  ms,
  ok,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { type Keeper, type SigningKey, openSigningKey, sha256 } from "@plimsoll/keeper";
import type { Evidence } from "@plimsoll/server/contract";
import { grouped } from "@plimsoll/server/display";
import type { RunView, StoryView } from "@plimsoll/server/view";
import { openDesk } from "./desk-stage.ts";
import type { Figures } from "./figures.ts";
import type { Half } from "./half.ts";
import { openLoan } from "./loan-stage.ts";
import { type MarketPath, generatedPath, recordedPath } from "./market-path.ts";
import { type Stage, playRun } from "./play.ts";
import { type Choices, guardsOf, openingBook } from "./scenario.ts";
import { sentenceOf } from "./sentence.ts";
import { StoryClock } from "./story-clock.ts";

export interface DemoPorts {
  readonly folder: string;
  readonly paceMs: number;
  /** Only the exchange half, where the local chain's parts are not installed or not wanted. */
  readonly exchangeOnly: boolean;
  readonly say: (line: string) => void;
  readonly tell: (story: StoryView) => void;
  /** Called with each run's keeper and what the run is. */
  readonly attached: (keeper: Keeper, run: string) => void;
  readonly stopped: AbortSignal;
}

export interface DemoResult {
  readonly sentence: string;
  readonly off: Figures;
  readonly on: Figures;
  readonly evidence: readonly Extract<Evidence, { is: "ready" }>[];
  readonly fingerprint: string;
}

/** When a generated crash happens: any day after the local chain's first block would do. */
const CRASH_AT = ms(Date.UTC(2026, 0, 5, 12));
/** The book is opened this long before the first moment. */
const OPENED_BEFORE_MS = 120_000;

/** Plays the same market to the same book twice, guards off and guards on, and proves both records. */
export async function runDemo(choices: Choices, ports: DemoPorts): Promise<Result<DemoResult, Why>> {
  const path =
    choices.tape === undefined
      ? ok(generatedPath({ ...choices, start: START_PRICE }, CRASH_AT))
      : recordedPath(choices.tape);
  if (!path.ok) return path;
  mkdirSync(ports.folder, { recursive: true });
  const key = openSigningKey(ports.folder);
  if (!key.ok) return key;
  const teller = new Teller(path.value, ports);
  const off = await teller.run("off", choices, key.value);
  if (!off.ok) return off;
  const on = await teller.run("on", choices, key.value);
  if (!on.ok) return on;
  const sentence = sentenceOf(off.value.figures, on.value.figures);
  teller.finish(sentence);
  return ok({
    sentence,
    off: off.value.figures,
    on: on.value.figures,
    evidence: [off.value.evidence, on.value.evidence],
    fingerprint: key.value.fingerprint,
  });
}

const interrupted = why("demo/interrupted", {
  detail: "the story was ended before its end: it has no figures",
  next: "start it again",
});
const START_PRICE: Exact = { digits: 100_000n, scale: 0 };
type Which = "off" | "on";

/** Runs one half of the story after the other and says where it stands. */
class Teller {
  readonly #path: MarketPath;
  readonly #ports: DemoPorts;
  readonly #runs: Record<Which, RunView> = {
    off: { guards: "off", state: "waiting", liquidations: 0, actions: 0 },
    on: { guards: "on", state: "waiting", liquidations: 0, actions: 0 },
  };
  constructor(path: MarketPath, ports: DemoPorts) {
    this.#path = path;
    this.#ports = ports;
    this.#tell("starting", 0, "Setting the stage", path.moments[0]?.at ?? CRASH_AT);
  }

  async run(which: Which, choices: Choices, signingKey: SigningKey) {
    const [first] = this.#path.moments;
    if (first === undefined) return fail({ code: "tape-invalid", facts: { detail: "a market without a moment" } });
    const phase = which === "off" ? "guards-off" : "guards-on";
    const base = which === "off" ? 0 : 0.5;
    this.#ports.say(`\nGuards ${which}: ${this.#path.title}`);
    const stage = await openStage(choices, { ...first, at: ms(first.at - OPENED_BEFORE_MS) }, this.#ports);
    if (!stage.ok) return stage;
    this.#runs[which] = { ...this.#runs[which], state: "running" };
    const evidence = join(this.#ports.folder, `guards-${which}.evidence`);
    const total = this.#path.moments.length;
    try {
      const played = await playRun(stage.value.stage, this.#path, {
        folder: join(this.#ports.folder, `guards-${which}`),
        guards: which === "on" ? guardsOf(choices, stage.value.book) : [],
        signingKey,
        evidence,
        paceMs: this.#ports.paceMs,
        attached: (keeper) => this.#ports.attached(keeper, `Run ${which === "off" ? 1 : 2}: guards ${which}`),
        stopped: this.#ports.stopped,
        played: (done, figures) => {
          const { at, mid } = this.#path.moments[done - 1] ?? first;
          const price = grouped(text(rescale(mid, 0, "half-up")));
          this.#runs[which] = runView(which, "running", figures);
          if (done % 10 === 0 || done === total)
            this.#ports.say(`  ${bar(done / total)} ${new Date(at).toISOString().slice(11, 19)}  BTC ${price}`);
          this.#tell(phase, base + done / total / 2, `BTC ${price}, guards ${which}`, at);
        },
      });
      if (!played.ok) return played;
      if (this.#ports.stopped.aborted) return fail(interrupted);
      this.#runs[which] = runView(which, "finished", played.value);
      return ok({ figures: played.value, evidence: await proofOf(evidence, signingKey) });
    } finally {
      await Promise.all(stage.value.stage.halves.map((half) => half.stop()));
    }
  }

  finish(sentence: string): void {
    this.#tell("finished", 1, "The story is over", this.#path.moments.at(-1)?.at ?? CRASH_AT, sentence);
  }

  #tell(phase: StoryView["phase"], progress: number, now: string, clock: Ms, sentence?: string): void {
    const [first, second] = this.#path.moments;
    const step = first === undefined || second === undefined ? 0 : second.at - first.at;
    const speed = this.#ports.paceMs === 0 ? 0 : step / this.#ports.paceMs;
    const { off, on } = this.#runs;
    this.#ports.tell({
      title: this.#path.title,
      phase,
      progress,
      clock,
      speed,
      now,
      runs: [off, on],
      ...(sentence && { sentence }),
    });
  }
}

async function openStage(choices: Choices, first: MarketPath["moments"][number], ports: DemoPorts) {
  const clock = new StoryClock(first.at);
  const book = openingBook(first.index, choices.leverage);
  const desk = await openDesk(book, first, clock, choices.seed);
  if (!desk.ok) return desk;
  const halves: Half[] = [desk.value];
  if (!ports.exchangeOnly) {
    const loan = await openLoan(book, first, ports.say);
    if (loan.ok) halves.push(loan.value);
    else if (loan.failure.code === "chain/missing-dependency") ports.say(exchangeHalf(loan.failure));
    else {
      await desk.value.stop();
      return loan;
    }
  }
  const stage: Stage = { halves, clock };
  return ok({ stage, book });
}

/** A published program carries neither a chain nor the lending contracts; it says so and goes on with what it has. */
const exchangeHalf = ({ facts }: Why): string =>
  `Without the local chain (missing: ${facts["what"]}): this is the exchange half of the demo alone.`;

const dollars = (amount: Exact) => ({ amount, unit: "USD" });
const runView = (
  which: Which,
  state: RunView["state"],
  { worthBefore, worthAfter, liquidations, actions, lowestHealth }: Figures,
): RunView => ({
  guards: which,
  state,
  equityStart: dollars(worthBefore),
  equityNow: dollars(worthAfter),
  liquidations,
  actions,
  ...(lowestHealth && { lowestHealth }),
});

async function proofOf(
  file: string,
  { publicKey, fingerprint }: SigningKey,
): Promise<Extract<Evidence, { is: "ready" }>> {
  const bytes = readFileSync(file);
  const entries = bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line.startsWith('{"at"')).length;
  const verify = `npx plimsoll verify ${file} --key ${fingerprint}`;
  return { is: "ready", file, sha256: hex(sha256(bytes)), key: hex(publicKey), entries, verify };
}

const WIDTH = 24;
const bar = (share: number): string => `[${"#".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, ".")}]`;
