import type { Action } from "@plimsoll/core/book";
import { type Exact, type Result, type Why, assetId, exact } from "@plimsoll/core/units";
import type { LocalMorphoMarket } from "@plimsoll/sim/chain";
import * as fc from "fast-check";
import type { Hex } from "viem";
import {
  type MorphoBody,
  type MorphoSnapshot,
  type MorphoTerms,
  type Position,
  maxBorrow,
  morphoAccount,
  morphoBlueMargin,
  positionIn,
  readPrice,
  repaidBy,
} from "./room.ts";
import type { World } from "./world.ts";
import { sure } from "./world.ts";
import type { Scene } from "@plimsoll/core/margin";

/** What is drawn for one step; everything else follows from the state. */
export interface Draw {
  readonly kind: (typeof kinds)[number];
  readonly owner: number;
  readonly market: number;
  /** Of what there is, in thousandths: a few of them ask for more than there is. */
  readonly share: bigint;
  readonly all: boolean;
  readonly seconds: number;
  /** Of today's price, in thousandths. */
  readonly price: bigint;
}

const kinds = [
  ...([
    "collateral",
    "collateral",
    "borrow",
    "borrow",
    "borrow",
    "withdraw",
    "repay",
    "lend",
    "unlend",
    "unlend",
  ] as const),
  ...(["price", "price", "wait", "seize", "seize", "repay-shares", "repay-shares", "worst", "worst"] as const),
] as const;

export const draws: fc.Arbitrary<Draw> = fc.record({
  kind: fc.constantFrom(...kinds),
  owner: fc.integer({ min: 0, max: 3 }),
  market: fc.integer({ min: 0, max: 3 }),
  share: fc.oneof(
    { weight: 8, arbitrary: fc.bigInt({ min: 1n, max: 1_000n }) },
    { weight: 1, arbitrary: fc.bigInt({ min: 1_000n, max: 1_200n }) },
  ),
  all: fc.integer({ min: 0, max: 4 }).map((roll) => roll === 0),
  seconds: fc.oneof(fc.integer({ min: 1, max: 3_600 }), fc.integer({ min: 1, max: 40 * 86_400 })),
  price: fc.oneof(
    { weight: 4, arbitrary: fc.bigInt({ min: 850n, max: 1_150n }) },
    { weight: 1, arbitrary: fc.bigInt({ min: 400n, max: 1_900n }) },
  ),
});

/** One call of the contract, and what the engine says of it; without `predict` it is no action of ours. */
export interface Move {
  readonly kind: string;
  readonly from: Hex;
  readonly call: readonly [name: string, args: readonly unknown[]];
  readonly predict?: (body: MorphoBody) => Result<MorphoBody, Why>;
}

/** The move of a draw in the state that will stand when it is mined; undefined where there is nothing to move. */
export function moveOf(world: World, draw: Draw, body: MorphoBody, scene: Scene<MorphoTerms>): Move | undefined {
  const market = world.markets[draw.market]!;
  const position = sure(positionIn(body, body.markets[draw.market]!, scene.terms.body));
  const owner = body.owner as Hex;
  const move = (
    kind: string,
    name: string,
    args: readonly unknown[],
    predict?: Move["predict"],
    from = owner,
  ): Move => ({
    kind,
    from,
    call: [name, [market.params, ...args]],
    ...(predict !== undefined && { predict }),
  });
  const act = (action: Action) => (at: MorphoBody) => morphoBlueMargin.apply(at, action, scene);
  const { loan, collateral } = position.terms;
  const account = morphoAccount(body.deployment, body.owner, position.terms.market);
  const transfer = (what: "supply" | "withdraw" | "repay", asset: string, amount: Exact | "all"): Action => ({
    do: what,
    asset: assetId(asset),
    amount,
    account,
  });
  const part = (of: bigint) => (of * draw.share) / 1_000n;
  switch (draw.kind) {
    case "collateral": {
      const units = collateralUnits(market, draw.share);
      const action = transfer("supply", collateral.asset, exact(units, collateral.decimals));
      return move("supplyCollateral", "supplyCollateral", [units, owner, "0x"], act(action));
    }
    case "withdraw": {
      const units = draw.all ? position.collateral : part(position.collateral);
      if (units === 0n) return undefined;
      const action = transfer("withdraw", collateral.asset, draw.all ? "all" : exact(units, collateral.decimals));
      return move("withdrawCollateral", "withdrawCollateral", [units, owner, owner], act(action));
    }
    case "borrow": {
      const units = part(room(position, scene));
      return units <= 0n ? undefined : move("borrow", "borrow", [units, 0n, owner, owner]);
    }
    case "repay": {
      const units = draw.all ? position.debt : part(position.debt);
      if (units === 0n) return undefined;
      const { shares, assets } = repaidBy(position, units);
      const whole = shares === position.held.borrowShares;
      const action = transfer("repay", loan.asset, draw.all ? "all" : exact(units, loan.decimals));
      return move("repay", "repay", [whole ? 0n : assets, whole ? shares : 0n, owner, "0x"], act(action));
    }
    case "lend": {
      const units = part(10_000n * 10n ** BigInt(loan.decimals));
      return move(
        "supply",
        "supply",
        [units, 0n, owner, "0x"],
        act(transfer("supply", loan.asset, exact(units, loan.decimals))),
      );
    }
    case "unlend": {
      const [units, shares] = draw.all ? [0n, position.held.supplyShares] : [part(position.supplied), 0n];
      if (units + shares === 0n) return undefined;
      const action = transfer("withdraw", loan.asset, draw.all ? "all" : exact(units, loan.decimals));
      return move("withdraw", "withdraw", [units, shares, owner, owner], act(action));
    }
    case "seize":
    case "repay-shares": {
      const seizedAssets = draw.kind === "seize" ? part(position.collateral) : 0n;
      const repaidShares = draw.kind === "seize" ? 0n : part(position.held.borrowShares);
      if (seizedAssets + repaidShares === 0n) return undefined;
      const effect = {
        was: "liquidation" as const,
        body: { market: position.terms.market, seizedAssets, repaidShares },
      };
      const predict = (at: MorphoBody) => morphoBlueMargin.apply(at, effect, scene);
      return move(
        `liquidate by ${draw.kind}`,
        "liquidate",
        [owner, seizedAssets, repaidShares, "0x"],
        predict,
        world.liquidator,
      );
    }
    case "worst": {
      const [step] = morphoBlueMargin.liquidate(body, account, scene, { fill: () => never() }, "worst-for-owner");
      if (step === undefined) return undefined;
      const taken = step.taken[0]?.amount.digits ?? 0n;
      const whole = step.badDebt.length === 0 && taken < position.collateral;
      const sides = whole ? [0n, position.held.borrowShares] : [taken, 0n];
      const predict = (): Result<MorphoBody, Why> => ({ ok: true, value: step.after });
      return move("liquidate as planned", "liquidate", [owner, ...sides, "0x"], predict, world.liquidator);
    }
    case "price":
    case "wait":
      return move("accrueInterest", "accrueInterest", [], (at) => ({ ok: true, value: accrued(at, position) }));
  }
}

const never = (): never => {
  throw new Error("invariant broken: the liquidation of a market position asks for no depth");
};

/** The owner's holding after anybody added the interest to a market. */
const accrued = (body: MorphoBody, { held, totals }: Position): MorphoBody => ({
  ...body,
  markets: body.markets.map((each) => (each.market === held.market ? { ...each, totals } : each)),
});

/** Some collateral: up to about 100,000 dollars. */
const collateralUnits = ({ collateral }: LocalMorphoMarket, share: bigint): bigint =>
  (share * (collateral === "WBTC" ? 150_000_000n : 40n * 10n ** 18n)) / 1_000n + 1n;

/** What may still be borrowed, and a little more. */
function room(position: Position, scene: Scene<MorphoTerms>): bigint {
  const price = sure(readPrice(scene.terms.body, position.terms, scene));
  return maxBorrow(position.collateral, price, position.terms) - position.debt;
}

/** An oracle's answer after a price move; not below one unit of worth for a whole token. */
export const movedPrice = ({ prices }: MorphoSnapshot, market: string, thousandths: bigint): bigint => {
  const next = ((prices.get(market) ?? 1n) * thousandths) / 1_000n;
  return next > 0n ? next : 1n;
};
