import { absolute } from "./position.ts";
import { ONE } from "./fixed.ts";
import { type Scope, figuresOf, profitOf, scopesOf } from "./margin.ts";
import type { Account, Position, PositionSide } from "./state.ts";
import { MAKER, type Turn, isUser, marketOf } from "./turn.ts";

type World = Pick<Turn, "state">;

/** Somebody in the queue of one side, most endangered first. */
export interface Rank {
  readonly account: string;
  readonly positionSide: PositionSide;
  /** What it can give, positive. */
  readonly size: bigint;
  readonly score: bigint;
}

/**
 * Profit as a share of entry notional, times effective leverage for winners, divided by it for losers; 1e-8.
 * @source Binance auto-deleveraging FAQ: effective leverage = |notional at mark| / (wallet + unrealised profit)
 */
function scoreOf(world: World, scope: Scope, position: Position): bigint {
  const { mark } = marketOf(world, position.symbol);
  const profit = profitOf(position, mark);
  const share = profit / (absolute(position.cost) === 0n ? 1n : absolute(position.cost));
  const { equity } = figuresOf(world, scope);
  const leverage = equity > 0n ? (absolute(position.size) * mark * ONE) / equity : ONE * ONE;
  if (leverage === 0n) return share;
  return profit > 0n ? (share * leverage) / ONE : (share * ONE) / leverage;
}

function queueOf(world: World, symbol: string, long: boolean): readonly Rank[] {
  const ranks: Rank[] = [];
  for (const account of world.state.accounts.values()) {
    if (!isUser(account.id)) continue;
    for (const scope of scopesOf(world, account))
      for (const position of scope.positions)
        if (position.symbol === symbol && position.size > 0n === long)
          ranks.push({
            account: account.id,
            positionSide: position.side,
            size: absolute(position.size),
            score: scoreOf(world, scope, position),
          });
  }
  return ranks.toSorted((a, b) => (a.score === b.score ? 0 : a.score < b.score ? 1 : -1));
}

/** Who is deleveraged against an account's position, in order; the market maker takes what no other user can. */
export const rankedAgainst = (world: World, account: string, position: Position): readonly Rank[] => [
  ...queueOf(world, position.symbol, position.size < 0n).filter((rank) => rank.account !== account),
  { account: MAKER, positionSide: "BOTH", size: absolute(position.size), score: 0n },
];

/** The five lights, 0 (last in the queue) to 4 (first). */
export function quantileOf(world: World, account: Account, position: Position): number {
  const queue = queueOf(world, position.symbol, position.size > 0n);
  const behind =
    queue.length - 1 - queue.findIndex((rank) => rank.account === account.id && rank.positionSide === position.side);
  return Math.min(4, Math.floor((behind * 5) / queue.length));
}
