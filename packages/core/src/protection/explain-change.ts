import { type Action, type BookEvent, type Flow, type Resting, isOurs } from "@plimsoll/core/book";
import { type Ground, assessed } from "@plimsoll/core/planner";
import {
  type AccountKey,
  type Exact,
  ZERO,
  below,
  brief,
  compare,
  isZero,
  magnitude,
  multiply,
  negate,
  smaller,
  dec,
  larger,
  subtract,
  text,
  trim,
} from "@plimsoll/core/units";
import { positionsOf } from "./position.ts";
import { isStop } from "./propose-stops.ts";

export type EffectEvent = Extract<BookEvent, { readonly type: "effect" }>;

/** What we did to an account between two readings: an intent that is open, or ended after the first. */
export interface Deed {
  readonly account: AccountKey;
  readonly action: Action;
}

/** One thing that happened to an account between two readings. */
export interface Change {
  readonly what:
    | "own-action"
    | "own-stop"
    | "manual"
    | "liquidation"
    | "partial-liquidation"
    | "adl"
    | "redemption"
    | "settlement"
    | "funding"
    | "interest"
    | "unexplained";
  readonly account: AccountKey;
  /** Absent where the account as a whole changed: a loan. */
  readonly instrument?: string;
  /** Signed sizes of the position, or equity of the account, before and after. */
  readonly from: Exact;
  readonly to: Exact;
  readonly taken: readonly Flow[];
  /** For people, with the numbers. */
  readonly text: string;
}

export interface Between {
  /** What the venue reported between the readings. */
  readonly effects: readonly EffectEvent[];
  readonly deeds: readonly Deed[];
  /** Whether the feed ran all the time: else a report may be missing, and what nothing explains stays unexplained. */
  readonly isWatched: boolean;
}

/**
 * What happened to each account between two readings of one holding, told apart by the venue's reports, our own deeds and what lay at
 * the venue. What none of them explains was done by hand where all reports were heard.
 */
export function explainChange(before: Ground, after: Ground, between: Between): readonly Change[] {
  const accounts = new Set([...before.engine.accounts(before.holding), ...after.engine.accounts(after.holding)]);
  return [...accounts].flatMap((account) => {
    const paid = ofTime(before, after, account, between);
    const [was, is] = [sizesOf(before, account), sizesOf(after, account)];
    if (was === undefined || is === undefined) return paid;
    const names = new Set([...was.keys(), ...is.keys()]);
    if (names.size === 0) return [...paid, ...ofLoan(before, after, account, between)];
    const moved = [...names].flatMap((instrument) => {
      const [from, to] = [was.get(instrument) ?? ZERO, is.get(instrument) ?? ZERO];
      if (compare(from, to) === 0) return [];
      const cause = causeOf({ before, after, account, instrument, from, to }, between);
      return [said({ account, instrument, from, to, ...cause })];
    });
    return [...paid, ...moved];
  });
}

/** What was paid or received for time, as the venue reports it; it moves no position. */
function ofTime(before: Ground, after: Ground, account: AccountKey, { effects }: Between): readonly Change[] {
  return effects.flatMap((each): readonly Change[] => {
    const { was } = each.effect;
    if ((was !== "funding" && was !== "interest") || !isOf(each, account)) return [];
    const [from, to] = [equityAt(before, after, account), equityAt(after, after, account)];
    return from && to ? [said({ what: was, account, from, to, taken: each.taken })] : [];
  });
}

/** Signed sizes by instrument; where one is held on both sides each side has its own name. Undefined where nothing can be said. */
function sizesOf(ground: Ground, account: AccountKey): ReadonlyMap<string, Exact> | undefined {
  if (!ground.engine.accounts(ground.holding).includes(account)) return new Map();
  const positions = positionsOf(ground, account);
  if (!positions.ok) return undefined;
  const signed = positions.value.map(({ instrument, side, size }) => ({
    instrument,
    size: side === "sell" ? size : negate(size),
  }));
  const isTwice = (name: string) => signed.filter(({ instrument }) => instrument === name).length > 1;
  const nameOf = ({ instrument, size }: (typeof signed)[number]) =>
    isTwice(instrument) ? `${instrument} ${below(size, ZERO) ? "short" : "long"}` : instrument;
  return new Map(signed.map((each) => [nameOf(each), each.size]));
}

interface Moved {
  readonly before: Ground;
  readonly after: Ground;
  readonly account: AccountKey;
  readonly instrument: string;
  readonly from: Exact;
  readonly to: Exact;
}
type Cause = Pick<Change, "what" | "taken">;
const nothingTaken = { taken: [] } as const;

function causeOf(moved: Moved, { effects, deeds, isWatched }: Between): Cause {
  const { account, instrument, to } = moved;
  const effect = effects.find((each) => isOf(each, account) && isForced(each) && touches(moved, each));
  if (effect !== undefined) return { what: nameOf(effect, isZero(to)), taken: effect.taken };
  const isOwn = (deed: Deed) =>
    deed.account === account && deed.action.do === "order" && isNamed(instrument, deed.action);
  if (deeds.some(isOwn)) return { what: "own-action", ...nothingTaken };
  if (isSmaller(moved) && vanishedStop(moved) !== undefined) return { what: "own-stop", ...nothingTaken };
  return { what: isWatched ? "manual" : "unexplained", ...nothingTaken };
}

const isNamed = (name: string, { instrument }: { readonly instrument: string }): boolean =>
  name === instrument || name.startsWith(`${instrument} `);
const isOf = (effect: EffectEvent, account: AccountKey): boolean =>
  effect.account === undefined || effect.account === account;
const isSmaller = ({ from, to }: Moved): boolean => below(magnitude(to), magnitude(from));

const forced = ["liquidation", "adl", "redemption", "settlement"] as const;
type Forced = (typeof forced)[number];
const isForced = ({ effect }: EffectEvent): boolean => (forced as readonly string[]).includes(effect.was);

function nameOf({ effect }: EffectEvent, isGone: boolean): Change["what"] {
  const was = effect.was as Forced;
  return was === "liquidation" && !isGone ? "partial-liquidation" : was;
}

/** Whether a reported effect is about this position: as its engine folds it in. An effect that it cannot fold in may be about any. */
function touches({ before, account, instrument, from }: Moved, { effect }: EffectEvent): boolean {
  const applied = before.engine.apply(before.holding, effect, before.scene);
  if (!applied.ok) return true;
  const then = sizesOf({ ...before, holding: applied.value }, account);
  return then === undefined || compare(then.get(instrument) ?? ZERO, from) !== 0;
}

/** A stop of ours that lay there for this side, lies there no more, and would have closed just what is gone. */
function vanishedStop({ before, after, account, instrument, from, to }: Moved): Resting | undefined {
  const [held, gone] = [magnitude(from), magnitude(subtract(from, to))];
  const closes = ({ size }: Resting) => compare(gone, size === "all" ? held : smaller(size, held)) === 0;
  const side = below(from, ZERO) ? "buy" : "sell";
  const lying = ({ engine, holding, scene }: Ground) => {
    const found = engine.accounts(holding).includes(account) ? engine.resting(holding, account, scene) : undefined;
    return found?.is === "known" ? found.value.filter(isStop).filter(isOurs) : [];
  };
  const left = new Set(lying(after).map(({ order }) => order));
  const isGone = (stop: Resting) => isNamed(instrument, stop) && stop.side === side && !left.has(stop.order);
  return lying(before).find((stop) => isGone(stop) && closes(stop));
}

/** Of an account without positions the equity says that something happened; less than this share of it is interest and rounding. */
const NOISE = dec("0.0001");

function ofLoan(before: Ground, after: Ground, account: AccountKey, between: Between): readonly Change[] {
  const [was, is] = [equityAt(before, after, account), equityAt(after, after, account)];
  if (was === undefined || is === undefined) return [];
  const effect = between.effects.find((each) => isOf(each, account) && isForced(each));
  const moved = magnitude(subtract(is, was));
  if (effect === undefined && compare(moved, multiply(larger(magnitude(was), magnitude(is)), NOISE)) <= 0) return [];
  const isGone = !after.engine.accounts(after.holding).includes(account);
  const isOwn = between.deeds.some((deed) => deed.account === account);
  const what = effect ? nameOf(effect, isGone) : isOwn ? "own-action" : between.isWatched ? "manual" : "unexplained";
  return [said({ account, from: was, to: is, what, taken: effect?.taken ?? [] })];
}

/** Equity of a reading at the prices of the later one, so that prices explain nothing; 0 for an account that is not there. */
function equityAt({ engine, holding }: Ground, { scene }: Ground, account: AccountKey): Exact | undefined {
  const equity = assessed({ engine, holding, scene }, account)?.equity;
  return equity === undefined || equity.is === "none" ? ZERO : equity.is === "known" ? equity.value : undefined;
}

const words: Readonly<Record<Change["what"], string>> = {
  "own-action": "by an order of ours",
  "own-stop": "by a stop of ours that lay at the venue",
  manual: "by hand: the venue reports nothing of its own, and nothing of ours explains it",
  liquidation: "liquidated by the venue",
  "partial-liquidation": "liquidated in part by the venue",
  adl: "deleveraged by the venue (ADL)",
  redemption: "redeemed",
  settlement: "settled",
  funding: "funding",
  interest: "interest",
  unexplained: "while nobody watched: by hand, by a stop, or by the venue",
};

function said(change: Omit<Change, "text">): Change {
  const { instrument, account, from, to, what, taken } = change;
  const flows = taken.map(({ amount, asset }) => `${brief(amount)} ${asset}`);
  const took = flows.length === 0 ? "" : `; taken ${flows.join(", ")}`;
  const show = (value: Exact) => (instrument === undefined ? brief(value) : text(trim(value)));
  return {
    ...change,
    text: `${instrument ?? `equity of ${account}`} from ${show(from)} to ${show(to)}, ${words[what]}${took}`,
  };
}
