import type { Contract } from "@plimsoll/sim/chain";
import type { Scene, Step } from "@plimsoll/core/margin";
import { type Result, type Why, invariant, ms, ok } from "@plimsoll/core/units";
import type { Hex } from "viem";
import type { Chance } from "./chance.ts";
import {
  type AaveBody,
  type AaveSnapshot,
  type AaveTerms,
  aaveV3Margin,
  borrows,
  indicesAt,
  revisionOf,
  sceneOf,
  usesAsCollateral,
} from "./room.ts";
import type { Seen, World } from "./world.ts";

/** One public call (or none: time passes), and what our arithmetic says it does to the account it is about. */
export interface Move {
  readonly kind: string;
  readonly says: string;
  /** Whose account the prediction is about. */
  readonly user: Hex;
  readonly call?: {
    readonly from: Hex;
    readonly contract: Contract;
    readonly name: string;
    readonly args: readonly unknown[];
  };
  /** Whether the prediction also says when the contract refuses; where not, a refusal is taken as the chain gives it. */
  readonly knowsRefusals: boolean;
  /** Collateral and debt of a liquidation. */
  readonly pair?: readonly [collateral: string, debt: string];
  /** What `liquidate` says about the same call, where the call is the one that it would make. */
  readonly plan?: Step<AaveBody>;
  /** What the world remembers of a call that went through. */
  readonly settle?: () => void;
  readonly predict: (body: AaveBody, scene: Scene<AaveTerms>) => Result<AaveBody, Why>;
}

/** What a move is chosen from. */
export interface Situation {
  readonly world: World;
  readonly chance: Chance;
  readonly states: ReadonlyMap<Hex, Seen>;
  /** Seconds: when the move will be mined. */
  readonly timestamp: number;
}

export type Maker = (situation: Situation) => Move | undefined;

export const unchanged = (body: AaveBody) => ok(body);
export interface Held {
  readonly asset: string;
  readonly address: string;
  readonly decimals: number;
  readonly price: bigint;
  readonly supplied: bigint;
  readonly owed: bigint;
  readonly isCollateral: boolean;
  readonly isBorrowed: boolean;
}

export function holdings({ body, terms, prices }: AaveSnapshot): readonly Held[] {
  return terms.reserves.map(({ id, asset, address, decimals }, place) => {
    const held = body.reserves[place];
    if (held === undefined) throw new Error("invariant broken: terms and holding list other reserves");
    const { tokens, ...revision } = revisionOf(terms);
    const { supply, debt } = indicesAt(held.pool, body.timestamp, revision);
    return {
      asset,
      address,
      decimals,
      price: prices.get(asset) ?? 0n,
      supplied: tokens.supplyOf(held.scaledSupply, supply),
      owed: tokens.debtOf(held.scaledDebt, debt),
      isCollateral: usesAsCollateral(body.config, id),
      isBorrowed: borrows(body.config, id),
    };
  });
}

export function stateOf({ states }: Pick<Situation, "states">, user: Hex): Seen {
  const state = states.get(user);
  invariant(state !== undefined, "every user of the world was read");
  return state;
}

/** Seconds after a sequencer came back until the sentinel allows everything again: how the local market deploys it. */
const grace = 3_600;

/** @source aave-v3-origin 3.6.0, PriceOracleSentinel._isUpAndGracePeriodPassed */
function sentinelAt({ sequencer }: World, timestamp: number): AaveBody["sentinel"] {
  const allowed = sequencer === "none" || (!sequencer.isDown && timestamp - sequencer.changedAt > grace);
  return { borrowAllowed: allowed, liquidationAllowed: allowed };
}

/** The account as it will be when the move is mined, and what the engine reads beside it. */
export function accountAt(situation: Pick<Situation, "states" | "world" | "timestamp">, user: Hex) {
  const state = stateOf(situation, user);
  const source = situation.world.sourceOf(user);
  const later = aaveV3Margin.advance(state.body, ms(situation.timestamp * 1000), sceneOf(state, source));
  const body = { ...later, sentinel: sentinelAt(situation.world, situation.timestamp) };
  return { body, scene: sceneOf({ ...state, body }, source) };
}

/** A share of an amount: mostly some of it, at times all, a hair more, or one unit. */
export const someOf = (chance: Chance, amount: bigint): bigint => {
  const roll = chance.next();
  if (roll < 0.06) return 1n;
  if (roll < 0.12) return amount;
  if (roll < 0.16) return amount + 1n;
  return (amount * BigInt(1 + chance.below(9_999))) / 10_000n;
};

export const units = ({ price, decimals }: Held, usd: number): bigint =>
  (BigInt(Math.floor(usd * 1e8)) * 10n ** BigInt(decimals)) / price;
