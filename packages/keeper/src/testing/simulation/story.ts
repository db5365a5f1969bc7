import type { Guard, Remedy, StandingStop } from "@plimsoll/core/policy";
import type { BookMode } from "@plimsoll/core/turn";
import { absolute, assetId, dec, exact, fromNumber, holdingId, ms } from "@plimsoll/core/units";
import { Chance } from "./chance.ts";
import type { Loan } from "./chain.ts";
import { type ExchangeAccount, symbol } from "./exchange.ts";

/** How long things go wrong, and how long after that everything may take to come to rest. */
export const STORM_MS = 2_500;
export const CALM_MS = 20_000;

/** One move of the price of BTC and of ETH: at which moment, by which factor. */
interface Move {
  readonly at: number;
  readonly btc: number;
  readonly eth: number;
}

/** Everything that a seed decides before the story begins. Moments count from its beginning. */
export interface Story {
  readonly accounts: readonly ExchangeAccount[];
  readonly loan: Loan | undefined;
  readonly guards: readonly Guard[];
  /** What the first level of the exchange's book holds, and whether it says how much of an order was filled. */
  readonly depth: bigint;
  readonly saysDone: boolean;
  /** The exchange stops and drops what lies there. */
  readonly halts: readonly { readonly at: number; readonly forMs: number }[];
  /** The owner closes a share of a position by hand. */
  readonly closes: readonly { readonly at: number; readonly account: string; readonly share: number }[];
  /** USDC of the wallet that are not touched. */
  readonly floor: bigint;
  readonly moves: readonly Move[];
  /** Share of messages that something happens to. */
  readonly badWeather: number;
  /** The venue forgets the ids of orders that ended. */
  readonly forgets: boolean;
  readonly outages: readonly { readonly at: number; readonly forMs: number; readonly of: "orders" | "data" }[];
  /** The process is killed at this many checkpoints from its start, or at a moment. */
  readonly dies: readonly { readonly checkpoint: number }[];
  readonly killedAt: readonly number[];
  /** The process stands still while another one is started: from a moment, or from a checkpoint of its first life. */
  readonly frozen:
    | (({ readonly at: number } | { readonly checkpoint: number }) & { readonly forMs: number })
    | undefined;
  /** What the owner sets the house to, each from its moment on. */
  readonly modes: readonly { readonly at: number; readonly mode: BookMode }[];
  /** When the owner asks, and confirms, that every guard be disarmed: that waits a day. */
  readonly disarmsAt: number | undefined;
}

export const BTC_PRICE = 100_000n * 10n ** 8n;
export const ETH_PRICE = 3_000n * 10n ** 8n;

export function storyOf(seed: number): Story {
  const chance = new Chance(seed);
  const names = chance.happens(0.25) ? ["a", "b"] : ["a"];
  const accounts = names.map((name) => accountOf(chance, name));
  const loan = chance.happens(0.4) ? loanOf(chance) : undefined;
  const guards = [...accounts.map((account) => perpGuard(chance, account)), ...(loan ? [loanGuard(chance, loan)] : [])];
  const stormy = chance.happens(0.8);
  const moment = () => chance.whole(300, STORM_MS);
  const some = <T>(most: number, share: number, make: () => T): readonly T[] =>
    Array.from({ length: most }).flatMap(() => (stormy && chance.happens(share) ? [make()] : []));
  return {
    accounts,
    loan,
    guards,
    depth: (worthOf(accounts[0]!) * chance.pick([3n, 8n, 500n])) / 100n,
    saysDone: chance.happens(0.7),
    halts: some(1, 0.15, () => ({ at: moment(), forMs: chance.whole(200, 1_500) })),
    closes: some(1, 0.15, () => ({
      ...{ at: moment(), account: names[0]! },
      share: chance.pick([0.3, 1]),
    })),
    floor: ((loan?.wallet ?? 0n) * BigInt(chance.whole(0, 90))) / 100n,
    moves: movesOf(chance),
    badWeather: stormy ? chance.between(0, 0.5) : 0,
    forgets: chance.happens(0.45),
    outages: some(2, 0.25, () => ({
      ...{ at: moment(), forMs: chance.whole(500, 3_000) },
      of: chance.pick(["orders", "data"] as const),
    })),
    dies: some(2, 0.4, () => ({ checkpoint: chance.whole(1, chance.pick([4, 14])) })),
    killedAt: some(2, 0.25, moment),
    frozen: stormy && chance.happens(0.3) ? frozenBy(chance, moment()) : undefined,
    modes: chance.happens(0.2) ? modesOf(chance) : [],
    disarmsAt: chance.happens(0.1) ? chance.whole(300, 1_500) : undefined,
  };
}

/** What a position is worth at the first price. */
const worthOf = ({ size }: ExchangeAccount): bigint => (absolute(size) * BTC_PRICE) / 10n ** 8n;

function frozenBy(chance: Chance, at: number): Story["frozen"] {
  if (chance.happens(0.5)) return { at, forMs: chance.whole(1_500, 6_000) };
  // so long that whoever took over has often sent the message again
  return { checkpoint: chance.pick([2, 3, 4, 4, 4]), forMs: chance.whole(2_500, 6_500) };
}

function modesOf(chance: Chance): Story["modes"] {
  const at = chance.whole(300, STORM_MS);
  const mode = chance.pick(["shadow", "reduce-only", "halted"] as const);
  return [
    { at, mode },
    { at: at + chance.whole(300, 8_000), mode: "armed" },
  ];
}

/** One BTC or less, long or short: most near their maintenance margin, a few so far from it that they count as safe. */
function accountOf(chance: Chance, name: string): ExchangeAccount {
  const thousandths = BigInt(chance.whole(50, 1_000));
  const size = thousandths * 10n ** 5n * (chance.happens(0.5) ? 1n : -1n);
  const worth = (thousandths * BTC_PRICE) / 1_000n;
  const share = chance.happens(0.1) ? chance.whole(4_000, 9_000) : chance.whole(90, 300);
  return { name, size, wallet: (worth * BigInt(share)) / 10_000n };
}

/** USDC at which a loan on this much WETH is liquidated, at the first price. */
const mostDebt = (collateral: bigint): bigint => (((collateral * ETH_PRICE) / 10n ** 8n / 10n ** 12n) * 86n) / 100n;

function loanOf(chance: Chance): Loan {
  const collateral = BigInt(chance.whole(1, 20)) * 10n ** 18n;
  const debt = (mostDebt(collateral) * BigInt(chance.whole(60, 85))) / 100n;
  return { collateral, debt, wallet: (debt * BigInt(chance.whole(2, 40))) / 100n, price: ETH_PRICE };
}

const bounds = (chance: Chance): Guard["bounds"] => ({
  confirmMs: ms(chance.pick([0, 0, 1_000, 2_000])),
  coolDownMs: ms(chance.pick([0, 1_000])),
  maxAgeMs: ms(chance.happens(0.3) ? chance.whole(1_200, 2_200) : chance.whole(2_200, 5_000)),
  perDay: chance.whole(2, 6),
});

function guardOf(chance: Chance, holding: string, low: number, target: number, ladder: readonly Remedy[]): Guard {
  const at = (value: number) => fromNumber(Math.round(value * 1e4) / 1e4);
  return {
    ...{
      id: `guard-${holding.replace(":", "-")}`,
      name: `keep ${holding} alive`,
      scope: { holding: holdingId(holding) },
    },
    trigger: {
      ...{ when: "health", line: "maintenance" },
      ...{ below: at(low), release: at(low + (target - low) / 4), urgent: at(1 + (low - 1) * 0.4) },
    },
    target: { want: "health", at: at(target) },
    ...{ ladder, bounds: bounds(chance), mode: chance.happens(0.9) ? "armed" : "shadow" },
  };
}

/** Maintenance of the first tier: what a small position needs of its worth. */
const MAINTENANCE = 0.004;

/** Fires after a small move against the position: a story in which nothing is done shows little. */
const perpGuard = (chance: Chance, { name, size, wallet }: ExchangeAccount): Guard => {
  const worth = (Math.abs(Number(size)) * Number(BTC_PRICE)) / 1e8;
  const low = Math.max(1.2, (Number(wallet) / (worth * MAINTENANCE)) * chance.between(0.8, 0.98));
  const reduce: Remedy = { use: "reduce", instrument: symbol, slippage: dec(chance.pick(["0.0005", "0.002", "0.01"])) };
  const guard = guardOf(chance, `binance:${name}`, low, low * chance.between(1.1, 2), [reduce]);
  return chance.happens(0.4) ? { ...guard, stops: [stopOf(chance)] } : guard;
};

/** A stop that follows the liquidation price, at market or with a limit that the market may leave behind. */
const stopOf = (chance: Chance): StandingStop => ({
  ...{ instrument: symbol, kind: "mark", place: { before: dec(chance.pick(["0.0015", "0.004", "0.012"])) } },
  ...(chance.happens(0.3) && { through: dec(chance.pick(["0.0002", "0.01"])) }),
});

/** Fires at once or after a small fall; what one repayment may use is a part of what is there, so that several follow each other. */
const loanGuard = (chance: Chance, { collateral, debt, wallet }: Loan): Guard => {
  const health = Number(mostDebt(collateral)) / Number(debt);
  const low = Math.max(1.05, health * chance.between(0.95, 1.05));
  const most = exact((wallet * BigInt(chance.whole(10, 100))) / 100n, 6);
  const guard = guardOf(chance, "morpho-blue:me", low, low + chance.between(0.05, 0.3), [
    { use: "repay", asset: assetId("USDC"), most },
  ]);
  // a chain is read no more often than its blocks come
  return { ...guard, bounds: { ...guard.bounds, maxAgeMs: ms(chance.whole(4_000, 8_000)) } };
};

function movesOf(chance: Chance): readonly Move[] {
  const drift = chance.between(-0.004, 0.004);
  const factor = (jump: number) => Math.exp(drift + chance.between(-0.004, 0.004) + (chance.happens(0.1) ? jump : 0));
  const moves: Move[] = [];
  for (let at = 300; at < STORM_MS; at += chance.whole(500, 1_300))
    moves.push({ at, btc: factor(chance.between(-0.02, 0.02)), eth: factor(chance.between(-0.08, 0.08)) });
  return moves;
}
