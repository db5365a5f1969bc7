import type { Market } from "@plimsoll/core/margin";
import { unknown, why } from "@plimsoll/core/units";
import { type Hex, maxUint256 } from "viem";
import { type AaveBody, aaveAccount, aaveV3Margin } from "./room.ts";
import { type Held, type Maker, type Situation, accountAt, holdings, someOf, stateOf, units } from "./situation.ts";

const noMarket: Market = { fill: () => unknown(why("aave-v3/no-order-book")) };

/**
 * The first call that `liquidate` would make for a pair: the largest amount, or where that would leave dust what its step repays.
 * Undefined where it makes none, or takes aTokens because the reserve is empty.
 */
function planOf(situation: Situation, user: Hex, fixed: readonly [string, string]) {
  const { body, scene } = accountAt(situation, user);
  const [step] = aaveV3Margin.liquidate(body, aaveAccount("local", user), scene, noMarket, { fixed });
  if (step === undefined) return undefined;
  const call = { collateral: fixed[0], debt: fixed[1], receiveAToken: false };
  const whole = aaveV3Margin.apply(body, { was: "liquidation", body: { ...call, debtToCover: maxUint256 } }, scene);
  if (whole.ok) return { step, debtToCover: maxUint256 };
  if (whole.failure.facts["revert"] !== "MustNotLeaveDust" || fixed[0] === fixed[1]) return undefined;
  const id = scene.terms.body.reserves.find(({ asset }) => asset === fixed[1])?.id;
  const lent = ({ reserves }: AaveBody) => {
    const pool = reserves.find((held) => held.id === id)?.pool;
    return pool === undefined || pool === "not-read" ? 0n : pool.virtualBalance;
  };
  const largest = lent(step.after) - lent(body);
  // One unit more than the largest clean amount must be refused.
  return situation.chance.happens(0.3) ? { debtToCover: largest + 1n } : { step, debtToCover: largest };
}

/**
 * All of it, some of it, or so much that what is left is worth about the dust rule's 1,000 dollars: of the debt where enough
 * collateral stays behind, else of the collateral.
 */
function amountFor({ chance }: Situation, collateral: Held, debt: Held): bigint {
  if (chance.happens(0.2)) return maxUint256;
  if (chance.happens(0.2)) return someOf(chance, debt.owed);
  const [backed, owed] = [valueOf(collateral, collateral.supplied), valueOf(debt, debt.owed)];
  const left = chance.between(450, 1_300);
  const cover = backed - (owed - left) * 1.07 > 1_000 ? owed - left : (backed - left) / 1.06;
  return cover > 0 ? units(debt, cover) : debt.owed;
}

/** Dollars, for choosing only. */
const valueOf = ({ price, decimals }: Held, amount: bigint): number =>
  Number((amount * price) / 10n ** BigInt(decimals)) / 1e8;

export const liquidate: Maker = (situation) => {
  const { world, chance } = situation;
  const sick = world.borrowers.filter((user) => stateOf(situation, user).venue.health < 10n ** 18n);
  if (sick.length === 0 && chance.happens(0.98)) return undefined;
  const user = chance.pick(sick.length === 0 ? world.borrowers : sick);
  const held = holdings(stateOf(situation, user));
  const likely = (flag: "isCollateral" | "isBorrowed", amount: (each: Held) => bigint) => {
    const flagged = held.filter((each) => each[flag]);
    if (flagged.length === 0 || chance.happens(0.03)) return chance.pick(held);
    if (chance.happens(0.4)) return chance.pick(flagged);
    return flagged.reduce((most, each) => (valueOf(each, amount(each)) > valueOf(most, amount(most)) ? each : most));
  };
  const collateral = likely("isCollateral", ({ supplied }) => supplied);
  const debt = likely("isBorrowed", ({ owed }) => owed);
  const pair = [collateral.asset, debt.asset] as const;
  const planned = chance.happens(0.5) ? planOf(situation, user, pair) : undefined;
  const receiveAToken = planned === undefined && chance.happens(0.25);
  const debtToCover = planned?.debtToCover ?? amountFor(situation, collateral, debt);
  const body = { collateral: collateral.asset, debt: debt.asset, debtToCover, receiveAToken };
  return {
    kind: "liquidation",
    says: `liquidate ${collateral.asset} for ${debtToCover === maxUint256 ? "all" : debtToCover} ${debt.asset}${receiveAToken ? " as aToken" : ""}`,
    user,
    call: {
      from: world.liquidator,
      contract: world.pool,
      name: "liquidationCall",
      args: [collateral.address, debt.address, user, debtToCover, receiveAToken],
    },
    pair,
    ...(planned?.step && { plan: planned.step }),
    knowsRefusals: true,
    predict: (before, scene) => aaveV3Margin.apply(before, { was: "liquidation", body }, scene),
  };
};
