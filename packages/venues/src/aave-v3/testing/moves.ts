import { liquidate } from "./liquidation-move.ts";
import { changeSequencer, govern, movePrice, wait } from "./market-moves.ts";
import type { Maker, Move, Situation } from "./situation.ts";
import { borrow, chooseEMode, repay, supply, toggleCollateral, withdraw } from "./user-moves.ts";

const makers: readonly (readonly [weight: number, make: Maker])[] = [
  [14, supply],
  [20, borrow],
  [8, repay],
  [6, withdraw],
  [6, chooseEMode],
  [4, toggleCollateral],
  [4, wait],
  [18, movePrice],
  [6, govern],
  [5, changeSequencer],
  [70, liquidate],
];
const total = makers.reduce((sum, [weight]) => sum + weight, 0);

/** The next move; kinds that make no sense now are passed over. */
export function chooseMove(situation: Situation): Move {
  for (;;) {
    let left = situation.chance.next() * total;
    const chosen = makers.find(([weight]) => (left -= weight) < 0);
    const move = chosen?.[1](situation);
    if (move !== undefined) return move;
  }
}
