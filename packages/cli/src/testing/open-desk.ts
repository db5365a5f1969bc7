import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiKey, RunningExchange } from "@plimsoll/sim/exchange";
import { openDeskExchange } from "./desk-exchange.ts";

/** The simulated exchange with its account "desk", and a config file that trades it, in a folder of their own. */
export interface Desk {
  readonly folder: string;
  readonly config: string;
  readonly exchange: RunningExchange;
  /** What is held of BTCUSDT. */
  readonly held: () => bigint;
  /** A market order of somebody else's hand on the account. */
  readonly trade: (side: "buy" | "sell", size: bigint) => void;
  readonly close: () => Promise<void>;
}

/** @param account more lines of the account's entry, such as its limits; @param may what its one key may do. */
export async function openDesk({
  account = "",
  may = {},
}: { readonly account?: string; readonly may?: Pick<ApiKey, "trade" | "withdraw"> } = {}): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-desk-"));
  const secret = (name: string, value: string) => {
    writeFileSync(join(folder, name), value, { mode: 0o600 });
    return `{ file: ${join(folder, name)} }`;
  };
  const key = `{ key: ${secret("key", "trader")}, secret: ${secret("secret", "shh")} }`;
  const exchange = await openDeskExchange([{ account: "desk", key: "trader", secret: "shh", ...may }]);
  const config = join(folder, "plimsoll.yaml");
  writeFileSync(
    config,
    `# mine
plimsoll: config/1
dataDir: ${folder}
pollEvery: 1s
accounts:
  - name: desk
    venue: binance
    localPort: ${exchange.port}
    keys: { read: ${key}, trade: ${key} }
${account}`,
  );
  const positions = () => exchange.exchange.state.accounts.get("desk")!.positions;
  return {
    ...{ folder, config, exchange },
    held: () => positions().values().next().value?.size ?? 0n,
    trade: (side, size) => {
      const order = { symbol: "BTCUSDT", side, positionSide: "BOTH", type: "MARKET", timeInForce: "GTC" } as const;
      const rest = { price: 0n, size, reduceOnly: side === "sell", clientId: "" };
      exchange.exchange.run({ type: "order", account: "desk", order: { ...order, ...rest } });
    },
    close: async () => {
      await exchange.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
