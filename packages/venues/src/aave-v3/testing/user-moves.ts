import type { Effect } from "@plimsoll/core/book";
import { assetId, exact, ok, text } from "@plimsoll/core/units";
import { type Hex, maxUint256 } from "viem";
import { expectedBorrow } from "./expected-borrow.ts";
import { aaveV3Margin, withCollateral } from "./room.ts";
import { type Held, type Maker, type Move, type Situation, holdings, someOf, stateOf, units } from "./situation.ts";

function effectMove(
  situation: Situation,
  user: Hex,
  kind: "supply" | "repay" | "withdraw",
  held: Held,
  amount: bigint | "all",
): Move {
  const { pool } = situation.world;
  const number = amount === "all" ? maxUint256 : amount;
  const args = {
    supply: [held.address, number, user, 0],
    repay: [held.address, number, 2n, user],
    withdraw: [held.address, number, user],
  }[kind];
  const effect: Effect = {
    do: kind,
    asset: assetId(held.asset),
    amount: amount === "all" ? amount : exact(amount, held.decimals),
  };
  return {
    kind,
    says: `${kind} ${amount === "all" ? amount : text(exact(amount, held.decimals))} ${held.asset}`,
    user,
    call: { from: user, contract: pool, name: kind, args },
    knowsRefusals: true,
    predict: (body, scene) => aaveV3Margin.apply(body, effect, scene),
  };
}

/** What makes sense in the user's e-mode, if there is one; everything now and then. */
function preferred(situation: Situation, user: Hex, bitmap: "collateralBitmap" | "borrowableBitmap"): readonly Held[] {
  const { body, terms } = stateOf(situation, user);
  const all = holdings(stateOf(situation, user));
  const category = terms.eModes.find(({ id }) => id === body.eMode);
  if (category === undefined || situation.chance.happens(0.1)) return all;
  return all.filter((_, place) => ((category[bitmap] >> BigInt(place)) & 1n) === 1n);
}

export const supply: Maker = (situation) => {
  const { chance, world } = situation;
  const user = chance.pick(world.borrowers);
  const held = chance.pick(preferred(situation, user, "collateralBitmap"));
  const amount = chance.happens(0.05) ? BigInt(1 + chance.below(3)) : units(held, chance.between(500, 40_000));
  return amount === 0n ? undefined : effectMove(situation, user, "supply", held, amount);
};

export const repay: Maker = (situation) => {
  const { chance, world } = situation;
  const user = chance.pick(world.borrowers);
  const debts = holdings(stateOf(situation, user)).filter(({ isBorrowed }) => isBorrowed || chance.happens(0.01));
  if (debts.length === 0) return undefined;
  const held = chance.pick(debts);
  const amount = chance.happens(0.15) ? "all" : someOf(chance, held.owed);
  return amount === 0n ? undefined : effectMove(situation, user, "repay", held, amount);
};

export const withdraw: Maker = (situation) => {
  const { chance, world } = situation;
  const user = chance.pick(world.borrowers);
  const supplies = holdings(stateOf(situation, user)).filter(({ supplied }) => supplied > 0n || chance.happens(0.01));
  if (supplies.length === 0) return undefined;
  const held = chance.pick(supplies);
  const amount = chance.happens(0.1) ? "all" : someOf(chance, held.supplied);
  return amount === 0n ? undefined : effectMove(situation, user, "withdraw", held, amount);
};

export const borrow: Maker = (situation) => {
  const { chance, world } = situation;
  const able = world.borrowers.filter((user) => stateOf(situation, user).venue.availableBorrows > 1_000_000n);
  if (able.length === 0) return undefined;
  const user = chance.pick(able);
  const state = stateOf(situation, user);
  const held = chance.pick(preferred(situation, user, "borrowableBitmap"));
  const share = chance.happens(0.5) ? chance.between(0.8, 0.9999) : chance.next();
  const amount = units(held, (Number(state.venue.availableBorrows) / 1e8) * share);
  if (amount === 0n) return undefined;
  return {
    kind: "borrow",
    says: `borrow ${text(exact(amount, held.decimals))} ${held.asset}`,
    user,
    call: { from: user, contract: world.pool, name: "borrow", args: [held.address, amount, 2n, 0, user] },
    knowsRefusals: false,
    predict: (body, scene) => expectedBorrow(body, scene.terms.body, held.asset, amount),
  };
};

export const chooseEMode: Maker = ({ world, chance }) => {
  const user = chance.pick(world.borrowers);
  const eMode = chance.below(3);
  return {
    kind: "e-mode",
    says: `set e-mode ${eMode}`,
    user,
    call: { from: user, contract: world.pool, name: "setUserEMode", args: [eMode] },
    knowsRefusals: false,
    predict: (body) => ok({ ...body, eMode }),
  };
};

export const toggleCollateral: Maker = (situation) => {
  const { chance, world } = situation;
  const user = chance.pick(world.borrowers);
  const supplies = holdings(stateOf(situation, user)).filter(({ supplied }) => supplied > 0n);
  if (supplies.length === 0) return undefined;
  const { asset, address, isCollateral } = chance.pick(supplies);
  const id = stateOf(situation, user).terms.reserves.find((reserve) => reserve.asset === asset)?.id ?? 0;
  return {
    kind: "collateral",
    says: `use ${asset} as collateral: ${!isCollateral}`,
    user,
    call: { from: user, contract: world.pool, name: "setUserUseReserveAsCollateral", args: [address, !isCollateral] },
    knowsRefusals: false,
    predict: (body) => ok({ ...body, config: withCollateral(body.config, id, !isCollateral) }),
  };
};
