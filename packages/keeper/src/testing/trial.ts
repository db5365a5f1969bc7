// One trial of the kill test: a venue of its own, a data folder of its own, and processes that die one after the other.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Conditional, type Fault, type RunningExchange, fixed } from "@plimsoll/sim/exchange";
import type { Keeps, Life, VenueName } from "./life.ts";
import { trialVenues } from "./trial-venues.ts";

const child = fileURLToPath(new URL("keeper-child.ts", import.meta.url));
const ENTRY = "100000";

export interface Trial {
  readonly venue: RunningExchange;
  readonly folder: string;
  /** How far the venue's clock is ahead of the machine's. */
  readonly clockAheadMs: () => number;
  /** Lets time pass for the venue and for every process that starts from now on. */
  readonly pass: (forMs: number) => void;
  /** Lets a thin book fill again as often as a rescue needs; what then has closed is forgotten where the venue forgets. */
  readonly refill: () => void;
  /** What the owner does by hand. */
  readonly sell: (size: string) => void;
  /** Signed size of the position, in 1e-8. */
  readonly held: () => bigint;
  /** Stops that wait at the venue. */
  readonly lying: () => readonly Conditional[];
  /** The next call of this kind meets a fault; the one that sends what the guard wants, where none is named. */
  readonly fault: (fault: Fault, on?: string) => void;
  /** Where the perpetual trades; the mark stays nearly where it is. */
  readonly trade: (mid: string) => void;
  /** A process that is not started yet. */
  readonly lifeOf: (how?: Partial<Life>) => Life;
  /** Runs one keeper until it ends itself at a checkpoint, or has made everything safe and the test is content; returns what it said. */
  readonly live: (how?: Partial<Life>, isContent?: () => boolean) => Promise<readonly string[]>;
  /** Runs one keeper that is killed while it waits: the venue has done what its message asks for, and does not answer. */
  readonly dieUnanswered: () => Promise<void>;
  readonly end: () => Promise<void>;
}

export interface World {
  /** Ids of closed orders are forgotten at once. */
  readonly forgets?: boolean;
  /** The book holds a quarter of what the rescue needs, and fills again in this time. */
  readonly thinMs?: number;
  /** Furthest from mark that the guard's orders may go. */
  readonly slippage?: string;
  /** Whose protocol it speaks: Binance's where it is not said. */
  readonly at?: VenueName;
  /** What the guard keeps; where it is a stop, the price has not fallen yet. Health where it is not said. */
  readonly keeps?: Keeps;
  /** Where the journal is: a folder where it is not said. */
  readonly store?: string;
}
/** On a server a process that was killed keeps its lease so long; long enough for a busy machine, on which a keeper may not get the processor for a second. */
const LEASE_MS = 5_000;
const THIN = { levels: 5, base: fixed("3000"), growth: 0n };

/** A long of 1 BTC at 100,000 on 10,000, at a price at which its health is 1.1 to 1.5, so the guard must act. */
export async function openTrial({
  forgets = false,
  thinMs,
  slippage = "0.001",
  at = "binance",
  keeps = "health",
  store,
}: World): Promise<Trial> {
  let aheadMs = 0;
  const { start, listing, account, login, instrument, follows, danger, ...calls } = trialVenues[at];
  const { symbol, quote, depth } = listing;
  const price = keeps === "health" ? danger : ENTRY;
  const thin = { ...depth, ...THIN, refillMs: thinMs ?? depth.refillMs };
  const venue = await start({
    instruments: [thinMs === undefined ? listing : { ...listing, depth: thin }],
    prices: new Map([[symbol, fixed(ENTRY)]]),
    fund: new Map([[quote, fixed("1000000")]]),
    seed: 1n,
    startAt: Date.now(),
    clock: () => Date.now() + aheadMs,
  });
  const { exchange, faults, port } = venue;
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-trial-"));
  const order = (side: "buy" | "sell", size: string) => {
    const request = { symbol, side, positionSide: "BOTH", type: "MARKET", timeInForce: "GTC" } as const;
    const done = exchange.run({
      type: "order",
      account,
      order: { ...request, price: 0n, size: fixed(size), reduceOnly: side === "sell", clientId: "" },
    });
    if (!done.ok) throw new Error(`the owner's order was refused: ${done.failure.msg}`);
  };
  exchange.deposit(account, quote, "10050");
  for (let bought = 0; bought < 10; bought++) {
    order("buy", "0.1");
    aheadMs += thin.refillMs; // a thin book has filled again before the next
  }
  exchange.setReference(symbol, price);
  faults.forgetClosedIds = forgets;
  const fault: Trial["fault"] = (kind, on = keeps === "health" ? calls.order : calls.stop) =>
    void faults.add({ on, fault: kind, times: 1 });
  const lifeOf = (how: Partial<Life> = {}): Life => ({
    ...{ folder, store: store ?? folder, venue: at, port, login, instrument, keeps, follows, slippage },
    ...{ clockAheadMs: aheadMs, twist: "none", ...(store !== undefined && { leaseMs: LEASE_MS }), ...how },
  });
  return {
    venue,
    folder,
    lifeOf,
    clockAheadMs: () => aheadMs,
    pass: (forMs) => {
      aheadMs += forMs;
    },
    refill: () => {
      for (let times = 0; times < 10; times++) {
        aheadMs += thin.refillMs;
        exchange.run({ type: "clock" });
      }
      if (forgets) exchange.run({ type: "forget-closed" });
    },
    sell: (size) => order("sell", size),
    held: () => exchange.state.accounts.get(account)?.positions.values().next().value?.size ?? 0n,
    lying: () => [...exchange.state.conditionals.values()].filter(({ status }) => status === "NEW"),
    fault,
    trade: (mid) => exchange.setReference(symbol, price, mid),
    live: (how, isContent) => runChild(lifeOf(how), isContent),
    dieUnanswered: async () => {
      fault({ kind: "lost-reply" });
      const { promise: taken, resolve: take } = Promise.withResolvers<void>();
      const leave = exchange.listen((outputs) => {
        if (outputs.some(({ type }) => type === "order" || type === "conditional")) take();
      });
      await runChild(lifeOf(), () => false, taken);
      leave();
    },
    end: async () => {
      await venue.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function runChild(life: Life, isContent = () => true, end?: Promise<void>): Promise<readonly string[]> {
  const running = spawn(process.execPath, [child, JSON.stringify(life)], { stdio: ["ignore", "pipe", "pipe"] });
  void end?.then(() => running.kill("SIGKILL"));
  const said: string[] = [];
  let [errors, timedOut] = ["", false];
  const overdue = setTimeout(() => {
    timedOut = true;
    running.kill("SIGKILL");
  }, 60_000);
  running.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  running.stdout.on("data", (chunk: Buffer) => {
    const words = chunk.toString().split("\n").filter(Boolean);
    said.push(...words);
    if (life.killAt === undefined && words.includes("safe") && isContent()) running.kill("SIGKILL");
  });
  const [code, signal] = (await once(running, "close")) as [number | null, string | null];
  clearTimeout(overdue);
  if (timedOut || signal !== "SIGKILL")
    throw new Error(
      `the keeper ${timedOut ? "did not come to an end" : `ended with ${code}`}; it said ${said.join(", ")}\n${errors}`,
    );
  return said;
}
