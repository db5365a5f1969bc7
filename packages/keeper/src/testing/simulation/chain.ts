// oxlint-disable import/no-relative-parent-imports -- like a test, the simulation reaches past the doors for the parts it runs
import type { Action, Actor, BookEvent, Feed, Holding, Reply, Terms } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { assetId, exact, fail, hash, holdingId, ms, ok, rescale, why } from "@plimsoll/core/units";
import type { MorphoTerms } from "@plimsoll/venues/morpho-blue";
import { morphoBlue, oracleQuote } from "@plimsoll/venues/morpho-blue";
import type { Connection } from "../../connection.ts";
import type { Chance } from "./chance.ts";
import { type OwnEffect, healthIn } from "./effects.ts";
import { type Network, silence } from "./network.ts";
import type { Process } from "./virtual-time.ts";

const BLOCK_MS = 1_000;
/** Blocks, its own included, until a transaction is past every reorganisation that happens here. */
const SETTLED = 2;
const WAD = 10n ** 18n;
const LLTV = (86n * WAD) / 100n;
const ME = holdingId("morpho-blue:me");
const token = (asset: string, decimals: number) => ({ asset, address: "unknown", decimals });
const body: MorphoTerms = {
  deployment: "simulated",
  chainId: 1,
  markets: [
    {
      ...{ market: "WETH-USDC", id: "unknown", loan: token("USDC", 6), collateral: token("WETH", 18) },
      ...{ oracle: { name: "WETH/USDC", address: "unknown" }, irm: "none", lltv: LLTV, fee: 0n },
    },
  ],
  completeness: "made up",
};
const terms: Terms<MorphoTerms> = {
  ...{ venue: morphoBlue.id, rules: morphoBlue.rules[0]!, validFrom: ms(0), hash: hash("0".repeat(64)) },
  ...{ source: "simulation", body },
};
const oracle = oracleQuote(body.deployment, "WETH/USDC");

type Snapshot = Awaited<ReturnType<Feed["snapshot"]>>;

/** What a loan is when it begins: USDC and WETH in their smallest units, the price in 1e-8. */
export interface Loan {
  readonly collateral: bigint;
  readonly debt: bigint;
  readonly wallet: bigint;
  readonly price: bigint;
}

interface State extends Omit<Loan, "price"> {
  readonly nonce: number;
  readonly price: bigint;
}
interface Transaction {
  readonly hash: string;
  readonly nonce: number;
  readonly pays: bigint;
  readonly reference: string;
}
interface Block {
  readonly before: State;
  readonly effects: number;
  readonly mined: ReadonlyMap<string, { readonly transaction: Transaction; readonly reverted: boolean }>;
}

/** A chain with one loan on it: transactions wait, are mined by their nonce, revert, and now and then a block is undone. */
export class SimulatedChain {
  readonly effects: OwnEffect[] = [];
  #state: State;
  readonly #network: Network;
  readonly #chance: Chance;
  readonly #pool = new Map<string, Transaction>();
  readonly #blocks: Block[] = [];
  #blockAt: number;
  #nextPrice: bigint;

  constructor(network: Network, chance: Chance, loan: Loan) {
    this.#network = network;
    this.#chance = chance;
    this.#state = { ...loan, nonce: 0 };
    this.#nextPrice = loan.price;
    this.#blockAt = network.time.now;
    this.#mineNext();
  }

  /** What the oracle says from the next block on. */
  price(to: bigint): void {
    this.#nextPrice = to;
  }

  connection(process: Process): Connection {
    return { holding: ME, feed: this.#feed(process), actor: this.#actor(process) };
  }

  /** The loan as it really is, whatever anybody was told. */
  truth(): { readonly holding: Holding; readonly scene: Scene<unknown> } {
    return seen(this.#state, this.#blockAt, this.#blocks.length);
  }
  get spent(): bigint {
    return this.effects.reduce((sum, { amount }) => sum + amount.digits, 0n);
  }

  #mineNext(): void {
    this.#network.time.after(BLOCK_MS, () => {
      this.#blockAt = this.#network.time.now;
      if (this.#chance.happens(this.#network.badWeather / 3)) this.#undo();
      this.#mine();
      this.#mineNext();
    });
  }

  #mine(): void {
    const before = this.#state;
    const effects = this.effects.length;
    const mined = new Map<string, { readonly transaction: Transaction; readonly reverted: boolean }>();
    this.#state = { ...before, price: this.#nextPrice };
    for (let going = true; going;) {
      const next = [...this.#pool.values()].find(({ nonce }) => nonce === this.#state.nonce);
      going = next !== undefined && this.#chance.happens(0.8);
      if (next === undefined || !going) continue;
      for (const [id, { nonce }] of this.#pool) if (nonce === next.nonce) this.#pool.delete(id);
      mined.set(next.hash, { transaction: next, reverted: !this.#carryOut(next) });
    }
    this.#blocks.push({ before, effects, mined });
  }

  #undo(): void {
    const block = this.#blocks.pop();
    if (block === undefined) return;
    this.#state = block.before;
    this.effects.length = block.effects;
    for (const { transaction } of block.mined.values()) this.#pool.set(transaction.hash, transaction);
  }

  /** Debt is counted in units here, without shares: no interest accrues. @returns false where the contract would revert. */
  #carryOut({ pays, reference }: Transaction): boolean {
    const before = this.#state;
    this.#state = { ...before, nonce: before.nonce + 1 };
    if (pays > before.wallet || pays > before.debt || pays === 0n) return false;
    this.#state = { ...this.#state, debt: before.debt - pays, wallet: before.wallet - pays };
    const [then, now] = [before, this.#state].map((state) => seen(state, this.#blockAt, this.#blocks.length));
    this.effects.push({
      ...{ reference, holding: ME, at: this.#network.time.now, amount: exact(pays, 6) },
      exposure: { before: exact(before.debt, 6), after: exact(this.#state.debt, 6) },
      health: {
        before: healthIn(morphoBlue.engine, then!.holding, then!.scene),
        after: healthIn(morphoBlue.engine, now!.holding, then!.scene),
      },
    });
    return true;
  }

  #feed(process: Process): Feed {
    const none: Snapshot = fail(why("simulation/no-answer"));
    const events = (): readonly BookEvent[] => {
      const { holding, scene } = this.truth();
      const { value, kind } = scene.quotes.get(oracle)!;
      return [
        { type: "terms", terms },
        { type: "price", key: oracle, price: value, kind, at: scene.now },
        { type: "holding", holding },
      ];
    };
    return {
      snapshot: () => this.#network.ask<Snapshot>(process, () => ok(events()), none),
      watch: async () => async () => undefined,
    };
  }

  #actor(process: Process): Actor {
    return {
      prepare: async (key, _holding, action) => {
        const pays = paysIn(action);
        if (pays === undefined) return fail(why("simulation/no-such-action", { action: action.do }));
        const waiting = [...this.#pool.values()].map(({ nonce }) => nonce + 1);
        const nonce = Math.max(this.#state.nonce, ...waiting);
        const transaction = { hash: `${key}#${nonce}`, nonce, pays: String(pays), reference: key };
        return ok({ reference: transaction.hash, wire: JSON.stringify(transaction) });
      },
      send: ({ wire }) => this.#network.send(process, () => this.#take(readTransaction(wire))),
      query: ({ wire }) => this.#network.ask(process, () => this.#replyTo(readTransaction(wire)), silence),
    };
  }

  #take(transaction: Transaction): Reply {
    const known = this.#replyTo(transaction);
    if (known.is !== "not-found") return known;
    this.#pool.set(transaction.hash, transaction);
    return { is: "accepted" };
  }

  #replyTo({ hash: id, nonce, pays }: Transaction): Reply {
    const height = this.#blocks.findIndex(({ mined }) => mined.has(id));
    if (height >= 0) {
      if (this.#blocks.length - height < SETTLED) return { is: "accepted" };
      const { reverted } = this.#blocks[height]!.mined.get(id)!;
      const flows = [{ asset: assetId("USDC"), amount: exact(-pays, 6) }];
      return reverted ? { is: "refused", why: why("simulation/reverted") } : { is: "done", flows };
    }
    if (this.#pool.has(id)) return { is: "accepted" };
    const settled = this.#blocks.at(1 - SETTLED)?.before.nonce ?? 0;
    if (settled > nonce) return { is: "refused", why: why("simulation/nonce-taken") };
    return this.#state.nonce > nonce ? silence : { is: "not-found" };
  }
}

function seen(
  { collateral, debt, wallet, price }: State,
  at: number,
  block: number,
): { readonly holding: Holding; readonly scene: Scene<unknown> } {
  // shares at a million to the unit, as in a market that never charged interest
  const totals = {
    ...{ supplyAssets: 10n ** 15n, supplyShares: 10n ** 21n, borrowAssets: debt, borrowShares: debt * 10n ** 6n },
    ...{ lastUpdate: BigInt(Math.floor(at / 1_000)), borrowRate: 0n },
  };
  const held = { market: "WETH-USDC", totals, supplyShares: 0n, borrowShares: debt * 10n ** 6n, collateral };
  const purse = { asset: "USDC", balance: wallet, allowance: 2n ** 255n };
  const loan = {
    ...{ deployment: "simulated", owner: "me", payer: "me", block: BigInt(block), markets: [held] },
    ...{ timestamp: BigInt(Math.floor(at / 1_000)), purses: [purse, { asset: "WETH", balance: 0n, allowance: 0n }] },
  };
  const now = ms(at);
  const quote = { value: exact(price, 8), kind: "oracle", asOf: now } as const;
  return {
    holding: { id: ME, venue: morphoBlue.id, rules: morphoBlue.rules[0]!, asOf: now, body: loan },
    scene: { now, quotes: new Map([[oracle, quote]]), terms },
  };
}

const paysIn = (action: Action): bigint | undefined =>
  action.do === "repay" && action.amount !== "all" ? rescale(action.amount, 6, "floor").digits : undefined;

function readTransaction(wire: string): Transaction {
  const { pays, ...rest } = JSON.parse(wire) as Omit<Transaction, "pays"> & { readonly pays: string };
  return { ...rest, pays: BigInt(pays) };
}
