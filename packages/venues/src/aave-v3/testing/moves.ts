import type { Contract } from "@plimsoll/sim/chain";
import type { Effect } from "@plimsoll/core/book";
import type { Market, Scene, Step } from "@plimsoll/core/margin";
import { type Result, type Why, assetId, exact, invariant, ms, ok, text, unknown, why } from "@plimsoll/core/units";
import { type Hex, maxUint256 } from "viem";
import type { Chance } from "./chance.ts";
import { expectedBorrow } from "./expected-borrow.ts";
import {
  type AaveBody,
  type AaveSnapshot,
  type AaveTerms,
  aaveAccount,
  aaveV3Margin,
  borrows,
  debtOf,
  indicesAt,
  sceneOf,
  supplyOf,
  usesAsCollateral,
  withCollateral,
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

const unchanged = (body: AaveBody) => ok(body);
const noMarket: Market = { fill: () => unknown(why("aave-v3/no-order-book")) };

interface Held {
  readonly asset: string;
  readonly address: string;
  readonly decimals: number;
  readonly price: bigint;
  readonly supplied: bigint;
  readonly owed: bigint;
  readonly isCollateral: boolean;
  readonly isBorrowed: boolean;
}

function holdings({ body, terms, prices }: AaveSnapshot): readonly Held[] {
  return terms.reserves.map(({ id, asset, address, decimals }, place) => {
    const held = body.reserves[place];
    if (held === undefined) throw new Error("invariant broken: terms and holding list other reserves");
    const { supply, debt } = indicesAt(held.pool, body.timestamp);
    return {
      asset,
      address,
      decimals,
      price: prices.get(asset) ?? 0n,
      supplied: supplyOf(held.scaledSupply, supply),
      owed: debtOf(held.scaledDebt, debt),
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

/** The account as it will be when the move is mined, and what the engine reads beside it. */
export function accountAt(situation: Pick<Situation, "states" | "world" | "timestamp">, user: Hex) {
  const state = stateOf(situation, user);
  const source = situation.world.sourceOf(user);
  const body = aaveV3Margin.advance(state.body, ms(situation.timestamp * 1000), sceneOf(state, source));
  return { body, scene: sceneOf({ ...state, body }, source) };
}

/** A share of an amount: mostly some of it, at times all, a hair more, or one unit. */
const someOf = (chance: Chance, amount: bigint): bigint => {
  const roll = chance.next();
  if (roll < 0.06) return 1n;
  if (roll < 0.12) return amount;
  if (roll < 0.16) return amount + 1n;
  return (amount * BigInt(1 + chance.below(9_999))) / 10_000n;
};

const units = ({ price, decimals }: Held, usd: number): bigint =>
  (BigInt(Math.floor(usd * 1e8)) * 10n ** BigInt(decimals)) / price;

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

type Maker = (situation: Situation) => Move | undefined;

const supply: Maker = (situation) => {
  const { chance, world } = situation;
  const user = chance.pick(world.borrowers);
  const held = chance.pick(holdings(stateOf(situation, user)));
  const amount = chance.happens(0.05) ? BigInt(1 + chance.below(3)) : units(held, chance.between(300, 30_000));
  return amount === 0n ? undefined : effectMove(situation, user, "supply", held, amount);
};

const repay: Maker = (situation) => {
  const { chance, world } = situation;
  const user = chance.pick(world.borrowers);
  const debts = holdings(stateOf(situation, user)).filter(({ isBorrowed }) => isBorrowed || chance.happens(0.01));
  if (debts.length === 0) return undefined;
  const held = chance.pick(debts);
  const amount = chance.happens(0.15) ? "all" : someOf(chance, held.owed);
  return amount === 0n ? undefined : effectMove(situation, user, "repay", held, amount);
};

const withdraw: Maker = (situation) => {
  const { chance, world } = situation;
  const user = chance.pick(world.borrowers);
  const supplies = holdings(stateOf(situation, user)).filter(({ supplied }) => supplied > 0n || chance.happens(0.01));
  if (supplies.length === 0) return undefined;
  const held = chance.pick(supplies);
  const amount = chance.happens(0.1) ? "all" : someOf(chance, held.supplied);
  return amount === 0n ? undefined : effectMove(situation, user, "withdraw", held, amount);
};

const borrow: Maker = (situation) => {
  const { chance, world } = situation;
  const able = world.borrowers.filter((user) => stateOf(situation, user).venue.availableBorrows > 1_000_000n);
  if (able.length === 0) return undefined;
  const user = chance.pick(able);
  const state = stateOf(situation, user);
  const all = holdings(state);
  const category = state.terms.eModes.find(({ id }) => id === state.body.eMode);
  const inCategory = all.filter((_, place) => ((category?.borrowableBitmap ?? 0n) >> BigInt(place)) & 1n);
  const held = chance.pick(inCategory.length === 0 || chance.happens(0.05) ? all : inCategory);
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

const chooseEMode: Maker = ({ world, chance }) => {
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

const toggleCollateral: Maker = (situation) => {
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

const wait: Maker = ({ world, chance }) => ({
  kind: "time",
  says: "time passes",
  user: chance.pick(world.borrowers),
  knowsRefusals: true,
  predict: unchanged,
});

/** Small moves, moves that bring somebody to the edge, a crash now and then, and a pull back home against drifting away. */
const movePrice: Maker = (situation) => {
  const { world, chance } = situation;
  const [admin = "0x"] = world.chain.accounts;
  const healthOf = (each: Hex) => Number(stateOf(situation, each).venue.health) / 1e18;
  const near = world.borrowers.filter((each) => healthOf(each) > 1 && healthOf(each) < 4);
  const toEdge = near.length > 0 && chance.happens(0.6);
  const user = chance.pick(toEdge ? near : world.borrowers);
  const health = healthOf(user);
  const all = holdings(stateOf(situation, user));
  const backing = all.filter(({ isCollateral }) => isCollateral);
  const held = chance.pick(toEdge ? backing : all);
  const home = world.startPrices.get(held.asset) ?? 1n;
  const next = () => {
    if (toEdge) return scaled(held.price, chance.between(0.7, 1.02) / health);
    const roll = chance.next();
    if (roll < 0.4) return home;
    if (roll < 0.55) return scaled(home, chance.between(0.02, 0.7));
    return scaled(held.price, chance.between(0.75, 1.3));
  };
  const price = next() || 1n;
  const feed = world.chain.contract("PriceFeed", world.chain.addresses.feeds[held.asset] ?? "0x");
  return {
    kind: "price",
    says: `${held.asset} at ${text(exact(price, 8))}`,
    user,
    call: { from: admin, contract: feed, name: "set", args: [price] },
    knowsRefusals: true,
    predict: unchanged,
  };
};
const scaled = (price: bigint, factor: number): bigint => (price * BigInt(Math.round(factor * 1e6))) / 1_000_000n;

/** Governance: LTV to zero and back, frozen, paused and un-paused with a grace period, supply caps. */
const govern: Maker = (situation) => {
  const { world, chance } = situation;
  const [admin = "0x"] = world.chain.accounts;
  const configurator = world.chain.contract("PoolConfiguratorInstance", world.chain.addresses.configurator);
  const user = chance.pick(world.borrowers);
  const { terms } = stateOf(situation, user);
  const reserve = chance.pick(terms.reserves);
  const category = chance.pick(terms.eModes);
  const inCategory = (category.ltvZeroBitmap >> BigInt(reserve.id)) & 1n;
  const calls: readonly (readonly [string, readonly unknown[]])[] = [
    ["setReserveLtvzero", [reserve.address, reserve.ltv !== 0n]],
    ["setReserveLtvzero", [reserve.address, reserve.ltv !== 0n]],
    ["setReserveLtvzero", [reserve.address, false]],
    ["setAssetLtvzeroInEMode", [reserve.address, category.id, inCategory === 0n]],
    ["setReserveFreeze", [reserve.address, !reserve.frozen && chance.happens(0.5)]],
    ["setReservePause", [reserve.address, !reserve.paused && chance.happens(0.3), 3_600]],
    ["setSupplyCap", [reserve.address, reserve.supplyCap === 0n ? BigInt(1 + chance.below(3_000_000)) : 0n]],
  ];
  const [name, args] = chance.pick(calls);
  return {
    kind: "governance",
    says: `${name} ${reserve.asset} ${args.slice(1).join(" ")}`,
    user,
    call: { from: admin, contract: configurator, name, args },
    knowsRefusals: false,
    predict: unchanged,
  };
};

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
  return { step, debtToCover: lent(step.after) - lent(body) };
}

const liquidate: Maker = (situation) => {
  const { world, chance } = situation;
  const sick = world.borrowers.filter((user) => stateOf(situation, user).venue.health < 10n ** 18n);
  if (sick.length === 0 && chance.happens(0.98)) return undefined;
  const user = chance.pick(sick.length === 0 ? world.borrowers : sick);
  const held = holdings(stateOf(situation, user));
  const likely = (flag: "isCollateral" | "isBorrowed") => {
    const flagged = held.filter((each) => each[flag]);
    return chance.pick(flagged.length === 0 || chance.happens(0.03) ? held : flagged);
  };
  const [collateral, debt] = [likely("isCollateral"), likely("isBorrowed")];
  const pair = [collateral.asset, debt.asset] as const;
  const planned = chance.happens(0.6) ? planOf(situation, user, pair) : undefined;
  const receiveAToken = planned === undefined && chance.happens(0.25);
  const debtToCover = planned?.debtToCover ?? (chance.happens(0.4) ? maxUint256 : someOf(chance, debt.owed));
  const effect: Effect = {
    was: "liquidation",
    body: { collateral: collateral.asset, debt: debt.asset, debtToCover, receiveAToken },
  };
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
    ...(planned && { plan: planned.step }),
    knowsRefusals: true,
    predict: (body, scene) => aaveV3Margin.apply(body, effect, scene),
  };
};

const makers: readonly (readonly [weight: number, make: Maker])[] = [
  [14, supply],
  [20, borrow],
  [8, repay],
  [6, withdraw],
  [6, chooseEMode],
  [4, toggleCollateral],
  [4, wait],
  [18, movePrice],
  [5, govern],
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
