import { ONE } from "./fixed.ts";
import type { ExchangeState } from "./state.ts";

/**
 * What conservation is about, by asset, exact at 1e-16: all wallets, the venue's and the fund's among them, plus all open
 * profit at mark, less what was deposited. Zero, always; sizes of a symbol sum to zero as well.
 */
export function imbalance(state: ExchangeState): {
  readonly money: ReadonlyMap<string, bigint>;
  readonly sizes: ReadonlyMap<string, bigint>;
} {
  const money = new Map<string, bigint>();
  const sizes = new Map<string, bigint>();
  const add = (into: Map<string, bigint>, key: string, amount: bigint) => into.set(key, (into.get(key) ?? 0n) + amount);
  for (const [asset, amount] of state.deposited) add(money, asset, -amount * ONE);
  for (const account of state.accounts.values()) {
    for (const [asset, amount] of account.cross) add(money, asset, amount * ONE);
    for (const { symbol, size, cost, isolated } of account.positions.values()) {
      const market = state.markets.get(symbol);
      if (market === undefined) continue;
      add(money, market.instrument.quote, (isolated - cost) * ONE + size * market.mark);
      add(sizes, symbol, size);
    }
  }
  return { money, sizes };
}
