import { exact, ok, text } from "@plimsoll/core/units";
import type { Contract } from "@plimsoll/sim/chain";
import type { Hex } from "viem";
import type { Chance } from "./chance.ts";
import type { ReserveTerms } from "./room.ts";
import { type Maker, type Move, type Situation, holdings, stateOf, unchanged } from "./situation.ts";

export const wait: Maker = ({ world, chance }) => ({
  kind: "time",
  says: "time passes",
  user: chance.pick(world.borrowers),
  knowsRefusals: true,
  predict: unchanged,
});

/** Small moves, moves that bring somebody to the edge, a crash now and then, and a pull back home against drifting away. */
export const movePrice: Maker = (situation) => {
  const { world, chance } = situation;
  const [admin = "0x"] = world.chain.accounts;
  if (world.categoryFeed !== "none" && chance.happens(0.15)) return moveCategory(situation, world.categoryFeed);
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
    if (toEdge) return scaled(held.price, chance.between(0.78, 1.01) / health);
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
/** The price that counts for all assets of one e-mode, between half a dollar and one and a half. */
const moveCategory = ({ world, chance }: Situation, contract: Contract): Move => {
  const price = BigInt(Math.round(1e8 * chance.between(0.5, 1.5)));
  const { accounts } = world.chain;
  return {
    kind: "category price",
    says: `e-mode at ${text(exact(price, 8))}`,
    user: chance.pick(world.borrowers),
    call: { from: accounts[0] ?? "0x", contract, name: "set", args: [price] },
    knowsRefusals: true,
    predict: unchanged,
  };
};

const scaled = (price: bigint, factor: number): bigint => (price * BigInt(Math.round(factor * 1e6))) / 1_000_000n;

/** Governance: LTV to zero and back, frozen, paused and un-paused with a grace period, supply caps. */
export const govern: Maker = (situation) => {
  const { world, chance } = situation;
  const [admin = "0x"] = world.chain.accounts;
  const { configurator } = world;
  const user = chance.pick(world.borrowers);
  const { body, terms } = stateOf(situation, user);
  const own = terms.reserves.filter((_, place) => holdings(stateOf(situation, user))[place]?.isCollateral);
  const reserve = chance.pick(own.length === 0 || chance.happens(0.4) ? terms.reserves : own);
  const category = terms.eModes.find(({ id }) => id === body.eMode) ?? chance.pick(terms.eModes);
  const inCategory = (category.ltvZeroBitmap >> BigInt(reserve.id)) & 1n;
  const calls: readonly GovernanceCall[] = [
    ["setReserveLtvzero", [reserve.address, reserve.ltv !== 0n]],
    ["setReserveLtvzero", [reserve.address, reserve.ltv !== 0n]],
    ["setReserveLtvzero", [reserve.address, false]],
    ["setAssetLtvzeroInEMode", [reserve.address, category.id, inCategory === 0n]],
    ["setAssetLtvzeroInEMode", [reserve.address, category.id, inCategory === 0n]],
    ["setReserveFreeze", [reserve.address, !reserve.frozen && chance.happens(0.5)]],
    ["setReservePause", [reserve.address, !reserve.paused && chance.happens(0.3), 14_400]],
    ["setSupplyCap", [reserve.address, reserve.supplyCap === 0n ? BigInt(1 + chance.below(3_000_000)) : 0n]],
  ];
  const [name, args] = chance.pick(world.rules === "v3.0" ? oldCalls(chance, reserve) : calls);
  return {
    kind: "governance",
    says: `${name} ${reserve.asset} ${args.slice(1).join(" ")}`,
    user,
    call: { from: admin, contract: configurator, name, args },
    knowsRefusals: false,
    predict: unchanged,
  };
};

type GovernanceCall = readonly [name: string, args: readonly unknown[]];

/** The same with the words of release 3.0: an LTV is zero where it is configured so, in every e-mode. */
function oldCalls(chance: Chance, reserve: ReserveTerms): readonly GovernanceCall[] {
  const { address, ltv, liquidationThreshold, liquidationBonus, frozen, paused, supplyCap } = reserve;
  const changed = ltv === 0n ? liquidationThreshold - 250n : 0n;
  const zero = [address, 0n, liquidationThreshold, liquidationBonus];
  return [
    ["configureReserveAsCollateral", zero],
    ["configureReserveAsCollateral", [address, changed > 0n ? changed : 0n, liquidationThreshold, liquidationBonus]],
    [
      "configureReserveAsCollateral",
      [address, liquidationThreshold && liquidationThreshold - 250n, liquidationThreshold, liquidationBonus],
    ],
    ["setReserveFreeze", [address, !frozen && chance.happens(0.5)]],
    ["setReservePause", [address, !paused && chance.happens(0.3)]],
    ["setSupplyCap", [address, supplyCap === 0n ? BigInt(1 + chance.below(3_000_000)) : 0n]],
  ];
}

/** The sequencer of a second layer goes down or comes back: its sentinel then blocks borrows, and liquidations of health above 0.95. */
export const changeSequencer: Maker = ({ world, chance, timestamp }) => {
  const [admin = "0x"] = world.chain.accounts;
  if (world.sequencer === "none") return undefined;
  const isDown = !world.sequencer.isDown && chance.happens(0.5);
  return {
    kind: "sequencer",
    says: `sequencer ${isDown ? "down" : "up"}`,
    user: chance.pick(world.borrowers),
    call: {
      from: admin,
      contract: world.sequencerOracle,
      name: "setAnswer",
      args: [isDown, timestamp],
    },
    knowsRefusals: true,
    settle: () => {
      world.sequencer = { isDown, changedAt: timestamp };
    },
    predict: (body) => ok({ ...body, sentinel: { borrowAllowed: false, liquidationAllowed: false } }),
  };
};
