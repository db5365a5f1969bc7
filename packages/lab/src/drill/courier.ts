import type { Intent, Outcome, PlanStep } from "@plimsoll/core/planner";
import {
  type Exact,
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  ZERO,
  add,
  below,
  exact,
  fail,
  ms,
  multiply,
  ok,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import type { Drill, GuardSet } from "./drill.ts";
import type { DrillAction } from "./drill-result.ts";
import type { Tally } from "./tally.ts";
import type { World } from "./world.ts";

type Chain = Drill["chains"][number];
/** What of a guard set says how actions are carried out. */
type Policy = Pick<GuardSet, "feeCap" | "reserves">;

/** Something that is on its way to its venue. */
interface Parcel {
  readonly intent: Intent;
  readonly because: string;
  readonly sentAt: Ms;
  readonly chain?: Chain;
  /** The most that gas may cost, gwei. */
  readonly gweiMost?: Exact;
  /** When it gets there; absent while it waits. */
  due?: Ms;
  readonly giveUpAt: Ms;
}

export interface Delivered {
  readonly key: string;
  readonly outcome: Outcome;
}

/** Takes intents to their venues in virtual time: latency, refusals in a venue's state, gas and blocks on a chain, money that must travel. */
export class Courier {
  readonly #drill: Drill;
  readonly #set: Policy;
  readonly #world: World;
  readonly #tally: Tally;
  #parcels: Parcel[] = [];

  constructor(drill: Drill, set: Policy, world: World, tally: Tally) {
    this.#drill = drill;
    this.#set = set;
    this.#world = world;
    this.#tally = tally;
  }

  /** Takes one intent on. @returns when to look again, or the outcome where it is not even sent. */
  take(intent: Intent, because: string, at: Ms): Result<readonly Ms[], Outcome> {
    const holding = this.#world.holdings.find(({ id }) => id === intent.step.holding)!;
    const chain = this.#world.chainOf(holding.venue);
    const base = { intent, because, sentAt: at };
    const travel = this.#travel(intent, chain?.chain ?? holding.venue, at);
    if (travel === "never") {
      this.#note(
        base,
        "waits",
        why("drill/money-does-not-move", { asset: assetOf(intent), next: "keep it where it is needed" }),
        at,
      );
      return ok([]);
    }
    if (chain === undefined) {
      const due = ms(at + this.#drill.latencyMs + travel);
      this.#parcels.push({ ...base, due, giveUpAt: ms(Infinity) });
      return ok([due]);
    }
    const gwei = this.#gweiMost(intent.step, chain, at);
    if (!gwei.ok) {
      this.#note(base, "refused", gwei.failure, at);
      return fail({ state: "refused", why: gwei.failure, verified: "as-predicted" });
    }
    const wait = this.#set.feeCap.by === "gwei" ? this.#set.feeCap.giveUpMs : NEVER_GIVES_UP;
    const parcel: Parcel = { ...base, chain, gweiMost: gwei.value, giveUpAt: ms(at + wait) };
    this.#parcels.push(parcel);
    this.#schedule(parcel, ms(at + travel));
    return ok([parcel.due ?? parcel.giveUpAt]);
  }

  /** Everything that arrives, or is given up, by now. */
  deliver(at: Ms): readonly Delivered[] {
    for (const parcel of this.#parcels)
      if (parcel.chain !== undefined && parcel.due === undefined) this.#schedule(parcel, at);
    const ripe = this.#parcels.filter(({ due, giveUpAt }) => (due ?? giveUpAt) <= at);
    this.#parcels = this.#parcels.filter((parcel) => !ripe.includes(parcel));
    return ripe.map((parcel) => ({ key: parcel.intent.key, outcome: this.#arrive(parcel, at) }));
  }

  /** When the next parcel is known to arrive. */
  nextAt(): readonly Ms[] {
    return this.#parcels.flatMap(({ due }) => due ?? []);
  }

  /** At the end: what never got there. */
  close(at: Ms): void {
    for (const parcel of this.#parcels) this.#note(parcel, "waits", this.#waiting(parcel), at);
  }

  /** A transaction that gas and chain let in now is included so many blocks later. */
  #schedule(parcel: Parcel, at: Ms): void {
    const { chain, gweiMost } = parcel;
    if (chain === undefined || gweiMost === undefined || !this.#world.weather.takes(chain.chain, at)) return;
    const gas = this.#world.weather.gas(chain.chain, at);
    if (gas !== undefined && below(gweiMost, gas)) return;
    parcel.due = ms(at + this.#world.weather.inclusionBlocks(chain.chain, at) * chain.blockMs);
  }

  #arrive(parcel: Parcel, at: Ms): Outcome {
    const { intent, chain } = parcel;
    if (parcel.due === undefined) {
      const reason = this.#waiting(parcel);
      this.#note(parcel, "expired", reason, at);
      return { state: "expired", why: reason, verified: "as-predicted" };
    }
    const { holding: id, action } = intent.step;
    const holding = this.#world.holdings.find((each) => each.id === id)!;
    const refusal = this.#refusal(holding.venue, chain, at);
    const before = this.#tally.equity(holding, at)?.value;
    const done = refusal === undefined ? this.#world.act(id, action, at) : fail(refusal);
    if (chain !== undefined) this.#payGas(id, chain, at);
    if (!done.ok) {
      this.#note(parcel, "refused", done.failure, at);
      return { state: "refused", why: done.failure, verified: "as-predicted" };
    }
    this.#tally.book(id, before, at, action.do === "repay" || action.do === "supply");
    this.#note(parcel, done.value, undefined, at);
    if (done.value === "whole") return { state: "done", verified: "as-predicted" };
    return { state: "expired", why: why("drill/filled-in-part"), verified: "differs" };
  }

  /** What a venue answers to any action of ours in its state of now. */
  #refusal(venue: string, chain: Chain | undefined, at: Ms): Why | undefined {
    if (chain !== undefined) return undefined;
    const { state } = this.#world.weather.venue(venue, "orders", at);
    const open = state === "normal" || state === "degraded" || state === "reduce-only";
    return open ? undefined : why("drill/venue-refuses", { venue, state, next: "wait until the venue takes orders" });
  }

  /** The most that gas may cost, gwei; or why it costs more than it is worth. A step whose cap the planner does not know has none. */
  #gweiMost({ feeCap }: PlanStep, chain: Chain, at: Ms): Result<Exact, Why> {
    if (this.#set.feeCap.by === "gwei") return ok(this.#set.feeCap.most);
    const gwei = this.#world.weather.gas(chain.chain, at) ?? ZERO;
    if (feeCap === undefined) return ok(gwei);
    const price = this.#world.weather.price(chain.coin, at);
    const [fee, most] = [this.#fee(chain, at), multiply(feeCap, price)];
    if (!below(most, fee)) return ok(gwei);
    const next = "repay more at once, or accept the liquidation";
    return fail(why("drill/fee-above-cap", { fee: money(fee), gwei: text(gwei), most: money(most), next }));
  }

  /** USD that one action costs at the gas of now. */
  #fee({ chain, gas, coin }: Chain, at: Ms): Exact {
    const gwei = this.#world.weather.gas(chain, at) ?? ZERO;
    return multiply(multiply(gas, exact(gwei.digits, gwei.scale + GWEI)), this.#world.weather.price(coin, at));
  }

  #payGas(id: HoldingId, chain: Chain, at: Ms): void {
    const line = this.#tally.line(id);
    line.gas = add(line.gas, this.#fee(chain, at));
  }

  /** How long the money of an action travels first; nothing where it lies where it is needed. */
  #travel(intent: Intent, to: string, at: Ms): Ms | "never" {
    const { holding, action } = intent.step;
    if (action.do !== "supply" && action.do !== "repay") return ms(0);
    const source = this.#set.reserves.find(
      ({ reserve }) => reserve.holding === holding && reserve.asset === action.asset,
    );
    const lies = source?.lies;
    return lies === undefined || lies === to ? ms(0) : this.#world.weather.transfer(lies, to, at);
  }

  #waiting({ gweiMost }: Parcel): Why {
    const most = gweiMost === undefined ? {} : { gweiMost: text(gweiMost) };
    return why("drill/not-included", { ...most, next: "raise the cap on gas" });
  }

  #note(
    { intent, because }: Pick<Parcel, "intent" | "because">,
    result: DrillAction["result"],
    reason: Why | undefined,
    at: Ms,
  ): void {
    const { holding: account, action } = intent.step;
    this.#tally
      .line(account)
      .actions.push({ at, account, what: saying(action), because, result, ...(reason && { why: reason }) });
  }
}

const GWEI = 9;
/** Longer than any drill. */
const NEVER_GIVES_UP = 100 * 86_400_000;

const money = (value: Exact): string => text(rescale(value, 2, "half-even"));
const assetOf = ({ step: { action } }: Intent): string => ("asset" in action ? action.asset : "");

function saying(action: Intent["step"]["action"]): string {
  switch (action.do) {
    case "supply":
    case "repay":
    case "withdraw":
      return `${action.do} ${action.amount === "all" ? "all" : text(action.amount)} ${action.asset}`;
    case "order":
      return `${action.side} ${text(action.size)} ${action.instrument} at ${text(action.limit)} or better`;
    case "move-margin":
      return `move ${text(action.amount)} ${action.asset} to ${action.to}`;
    case "cancel":
      return `cancel ${action.order}`;
    case "stop":
      return `stop ${action.side} ${action.instrument} at ${text(action.trigger.at)}`;
  }
}
