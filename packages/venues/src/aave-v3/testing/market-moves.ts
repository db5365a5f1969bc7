import { exact, ok, text } from "@plimsoll/core/units";
import type { Hex } from "viem";
import { type Maker, holdings, stateOf, unchanged } from "./situation.ts";

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
const scaled = (price: bigint, factor: number): bigint => (price * BigInt(Math.round(factor * 1e6))) / 1_000_000n;

/** Governance: LTV to zero and back, frozen, paused and un-paused with a grace period, supply caps. */
export const govern: Maker = (situation) => {
  const { world, chance } = situation;
  const [admin = "0x"] = world.chain.accounts;
  const configurator = world.chain.contract("PoolConfiguratorInstance", world.chain.addresses.configurator);
  const user = chance.pick(world.borrowers);
  const { body, terms } = stateOf(situation, user);
  const own = terms.reserves.filter((_, place) => holdings(stateOf(situation, user))[place]?.isCollateral);
  const reserve = chance.pick(own.length === 0 || chance.happens(0.4) ? terms.reserves : own);
  const category = terms.eModes.find(({ id }) => id === body.eMode) ?? chance.pick(terms.eModes);
  const inCategory = (category.ltvZeroBitmap >> BigInt(reserve.id)) & 1n;
  const calls: readonly (readonly [string, readonly unknown[]])[] = [
    ["setReserveLtvzero", [reserve.address, reserve.ltv !== 0n]],
    ["setReserveLtvzero", [reserve.address, reserve.ltv !== 0n]],
    ["setReserveLtvzero", [reserve.address, false]],
    ["setAssetLtvzeroInEMode", [reserve.address, category.id, inCategory === 0n]],
    ["setAssetLtvzeroInEMode", [reserve.address, category.id, inCategory === 0n]],
    ["setReserveFreeze", [reserve.address, !reserve.frozen && chance.happens(0.5)]],
    ["setReservePause", [reserve.address, !reserve.paused && chance.happens(0.3), 14_400]],
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
      contract: world.chain.contract("SequencerOracle", world.chain.addresses.sequencer),
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
