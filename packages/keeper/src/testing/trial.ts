// One trial of the kill test: a venue of its own, a data folder of its own, and processes that die one after the other.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Fault, type RunningExchange, fixed, listings, startExchange } from "@plimsoll/sim/exchange";
import { startBybit } from "@plimsoll/sim/exchange/bybit";
import type { Life, Twist } from "./life.ts";

const child = fileURLToPath(new URL("keeper-child.ts", import.meta.url));
const KEY = { account: "me", key: "me-key", secret: "me-secret" };
const SYMBOL = "BTCUSDT";
const PRICE = "90500";

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
  /** The next call of this kind meets a fault. */
  readonly fault: (fault: Fault, on?: string) => void;
  /** Where the perpetual trades; the mark stays nearly where it is. */
  readonly trade: (mid: string) => void;
  /** Runs one keeper until it ends itself at a checkpoint, or has made everything safe; returns what it said. */
  readonly live: (killAt: string | undefined, twist: Twist, signer?: string) => Promise<readonly string[]>;
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
  readonly speaks?: "bybit";
}
const THIN = { levels: 5, base: fixed("3000"), growth: 0n };

/** A long of 1 BTC at 100,000 on 10,000 USDT, with the price at 90,500: health 1.1 to 1.5, so the guard must act. */
export async function openTrial({ forgets = false, thinMs, slippage = "0.001", speaks }: World): Promise<Trial> {
  let aheadMs = 0;
  const { depth } = listings.BTCUSDT;
  const thin = { ...depth, ...THIN, refillMs: thinMs ?? depth.refillMs };
  const venue = await (speaks === "bybit" ? startBybit : startExchange)({
    instruments: [thinMs === undefined ? listings.BTCUSDT : { ...listings.BTCUSDT, depth: thin }],
    prices: new Map([[SYMBOL, fixed("100000")]]),
    fund: new Map([["USDT", fixed("1000000")]]),
    keys: [KEY],
    seed: 1n,
    startAt: Date.now(),
    clock: () => Date.now() + aheadMs,
  });
  const { exchange, faults, port } = venue;
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-trial-"));
  const order = (side: "buy" | "sell", size: string) => {
    const request = { symbol: SYMBOL, side, positionSide: "BOTH", type: "MARKET", timeInForce: "GTC" } as const;
    const done = exchange.run({
      type: "order",
      account: KEY.account,
      order: { ...request, price: 0n, size: fixed(size), reduceOnly: side === "sell", clientId: "" },
    });
    if (!done.ok) throw new Error(`the owner's order was refused: ${done.failure.msg}`);
  };
  exchange.deposit(KEY.account, "USDT", "10050");
  exchange.run({ type: "leverage", account: KEY.account, symbol: SYMBOL, leverage: 20 });
  for (let bought = 0; bought < 10; bought++) {
    order("buy", "0.1");
    aheadMs += thin.refillMs; // a thin book has filled again before the next
  }
  exchange.setReference(SYMBOL, PRICE);
  faults.forgetClosedIds = forgets;
  return {
    venue,
    folder,
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
    held: () => exchange.state.accounts.get(KEY.account)?.positions.values().next().value?.size ?? 0n,
    fault: (fault, on = speaks === "bybit" ? "POST /v5/order/create" : "POST /fapi/v1/order") =>
      void faults.add({ on, fault, times: 1 }),
    trade: (mid) => exchange.setReference(SYMBOL, PRICE, mid),
    live: (killAt, twist, signer) => {
      const life = {
        folder,
        port,
        ...KEY,
        clockAheadMs: aheadMs,
        twist,
        slippage,
        ...(signer && { signer }),
        ...(speaks && { venue: speaks }),
      };
      return runChild(killAt === undefined ? life : { ...life, killAt });
    },
    end: async () => {
      await venue.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function runChild(life: Life): Promise<readonly string[]> {
  const running = spawn(process.execPath, [child, JSON.stringify(life)], { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  let [errors, timedOut] = ["", false];
  const overdue = setTimeout(() => {
    timedOut = true;
    running.kill("SIGKILL");
  }, 60_000);
  running.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  running.stdout.on("data", (chunk: Buffer) => {
    said.push(...chunk.toString().split("\n").filter(Boolean));
    if (life.killAt === undefined && said.includes("safe")) running.kill("SIGKILL");
  });
  const [code, signal] = (await once(running, "close")) as [number | null, string | null];
  clearTimeout(overdue);
  if (timedOut || signal !== "SIGKILL")
    throw new Error(
      `the keeper ${timedOut ? "did not come to an end" : `ended with ${code}`}; it said ${said.join(", ")}\n${errors}`,
    );
  return said;
}
