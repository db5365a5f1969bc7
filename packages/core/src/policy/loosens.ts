import type { Exact } from "@plimsoll/core/units";
import { canonical, compare } from "@plimsoll/core/units";
import type { Bounds, Guard, Remedy, StandingStop } from "./guard.ts";
import type { Direction } from "./trigger-rule.ts";
import { ruleOf } from "./triggers.ts";

const ofGuard: { readonly [K in keyof Guard]-?: Direction | "inside" } = {
  id: "either",
  name: "never",
  scope: "either",
  trigger: "inside",
  target: "inside",
  ladder: "inside",
  choose: "either",
  stops: "inside",
  bounds: "inside",
  rung: "either",
  estimates: "either",
  mode: "inside",
};
const ofBounds: { readonly [K in keyof Bounds]-?: Direction } = {
  confirmMs: "higher",
  coolDownMs: "higher",
  maxAgeMs: "lower",
  perDay: "either",
  expires: "either",
  blind: "either",
  horizonMs: "either",
};
const ofTarget: Readonly<Record<string, Direction>> = { want: "either", at: "lower", share: "either" };
const ofRemedy: Readonly<Record<string, Direction>> = {
  use: "either",
  asset: "either",
  instrument: "either",
  most: "either",
  slippage: "either",
};

const ofStop: { readonly [K in keyof StandingStop]-?: Direction } = {
  instrument: "either",
  kind: "either",
  place: "either",
  through: "either",
};

/** One field in which a guard loosens another. */
export interface Loosening {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The fields in which `to` loosens `from`; none where it only tightens or says the same.
 * Arming a shadow guard is not loosening: it has its own confirmation. Disarming is.
 */
export function loosens(from: Guard, to: Guard): readonly Loosening[] {
  const directions: Readonly<Record<string, Direction>> = ruleOf(from.trigger).directions(from.trigger);
  return [
    ...plainFields(ofGuard).flatMap((field) => changed(field, from[field], to[field], ofGuard[field] as Direction)),
    ...changedIn("trigger", from.trigger, to.trigger, directions),
    ...changedIn("target", from.target, to.target, ofTarget),
    ...changedLadder(from.ladder, to.ladder),
    ...changedStops(from.stops ?? [], to.stops ?? []),
    ...changedIn("bounds", from.bounds, to.bounds, ofBounds),
    ...(from.mode === "armed" && to.mode === "shadow" ? [{ field: "mode", from: from.mode, to: to.mode }] : []),
  ];
}

const plainFields = (of: typeof ofGuard) =>
  (Object.keys(of) as (keyof Guard)[]).filter((field) => of[field] !== "inside");

/** The ladder is an order: what stands at another place is another remedy. */
function changedLadder(from: readonly Remedy[], to: readonly Remedy[]): readonly Loosening[] {
  const places = Array.from({ length: Math.max(from.length, to.length) }, (_, index) => index);
  return places.flatMap((place) => changedIn(`ladder.${place}`, from[place] ?? {}, to[place] ?? {}, ofRemedy));
}

/** A stop more only tightens. */
const changedStops = (from: readonly StandingStop[], to: readonly StandingStop[]): readonly Loosening[] =>
  from.flatMap((stop, place) => changedIn(`stops.${place}`, stop, to[place] ?? {}, ofStop));

function changedIn(
  path: string,
  from: object,
  to: object,
  directions: Readonly<Record<string, Direction>>,
): readonly Loosening[] {
  const [before, after] = [from, to] as readonly Readonly<Record<string, unknown>>[];
  const fields = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...fields].flatMap((field) =>
    changed(`${path}.${field}`, before?.[field], after?.[field], directions[field] ?? "either"),
  );
}

function changed(field: string, from: unknown, to: unknown, direction: Direction): readonly Loosening[] {
  const order = orderOf(from, to);
  const isLooser =
    direction === "either" ? order !== "same" : order === "other" ? direction !== "never" : order === direction;
  return isLooser ? [{ field, from: shown(from), to: shown(to) }] : [];
}

const isExact = (value: unknown): value is Exact =>
  typeof value === "object" && value !== null && "digits" in value && "scale" in value;

function orderOf(from: unknown, to: unknown): "same" | "lower" | "higher" | "other" {
  if (isExact(from) && isExact(to)) return (["lower", "same", "higher"] as const)[compare(to, from) + 1]!;
  if (typeof from === "number" && typeof to === "number") return to === from ? "same" : to < from ? "lower" : "higher";
  return shown(from) === shown(to) ? "same" : "other";
}
const shown = (value: unknown): string => (value === undefined ? "absent" : canonical(value));
