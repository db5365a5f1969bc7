import { maintenanceOf } from "@plimsoll/core/risk";
import { type Ground, assessed } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import { type AccountKey, type Why, ms, why } from "@plimsoll/core/units";
import { countedStops, coveringSize } from "./counted-stops.ts";
import {
  type Circumstances,
  type Cover,
  type CoverSettings,
  type Permission,
  type Shield,
  coverDefaults,
} from "./cover.ts";
import { allOf, gapBound } from "./gap-bound.ts";
import { type Position, positionsOf } from "./position.ts";
import { formOf } from "./price-walk.ts";

/**
 * What protects an account if this machine dies now, position by position. Counted are orders that lie at the venue while it is up, and
 * permissions on a chain whose executor somebody else runs and has proved lately; nothing else.
 * @returns empty where nothing can be liquidated.
 */
export function coverageOf(
  ground: Ground,
  account: AccountKey,
  around: Circumstances,
  settings: CoverSettings = coverDefaults,
): readonly Cover[] {
  const assessment = assessed(ground, account);
  if (assessment === undefined) return [];
  const positions = positionsOf(ground, account);
  const { unit } = assessment;
  const atRisk = allOf(ground, account);
  const { by, notBy } = permitted(around, account, ground.scene.now, settings);
  const reasons = [...notBy, ...around.guards.map(notByGuard), ...(around.others ?? [])];
  const bare = { account, unit, by, assumes: [], unprotectedMs: by.length > 0 ? ms(0) : settings.personMs, atRisk };
  if (!positions.ok) return [{ ...bare, notBy: [positions.failure, ...reasons] }];
  if (positions.value.length === 0)
    return maintenanceOf(assessment) === undefined ? [] : [{ ...bare, notBy: [nothingLies, ...reasons] }];
  return positions.value.map((position) => ofPosition(ground, position, around, settings, { ...bare, notBy: reasons }));
}

const nothingLies: Why = why("cover/nothing-lies-there", { detail: "no order can lie at this venue" });

function ofPosition(
  ground: Ground,
  position: Position,
  around: Circumstances,
  settings: CoverSettings,
  bare: Cover,
): Cover {
  const { account, instrument, size } = position;
  const counted = countedStops(ground, formOf(ground, account), position, around, settings);
  const covering = coveringSize(counted, size);
  const notBy = [
    ...counted.notBy,
    ...(covering === undefined ? [uncovered(position, counted.stops.length)] : []),
    ...bare.notBy,
  ];
  const last = covering?.at(-1);
  if (covering === undefined || last === undefined) return { ...bare, instrument, size, notBy };
  const bound = gapBound(ground, position, last.quote, last.stop.trigger.at, settings.gap);
  const shields = covering.map(({ stop }): Shield => ({
    is: "stop",
    order: stop.order,
    trigger: stop.trigger.at,
    size: stop.size,
  }));
  const by = [...shields, ...bare.by];
  return {
    ...bare,
    instrument,
    size,
    by,
    notBy,
    unprotectedMs: ms(0),
    atRisk: bound.loss,
    bound,
    assumes: assumedOf(around),
  };
}

/** Many venues do not tell; we never arm one. */
const assumedOf = ({ deadMan }: Circumstances): readonly Why[] =>
  deadMan === "unknown"
    ? [
        why("cover/timer-unknown", {
          detail: "the venue does not tell whether a timer cancels orders; none was armed here",
        }),
      ]
    : [];

const uncovered = ({ instrument }: Position, stops: number): Why =>
  stops === 0
    ? why("cover/no-stop", { instrument, next: "let a guard keep a stop at the venue" })
    : why("cover/part-only", { instrument, stops: `${stops}`, detail: "what lies there closes a part of it only" });

const notByGuard = ({ id, mode }: Guard): Why =>
  mode === "shadow"
    ? why("cover/shadow-protects-nobody", { guard: id })
    : why("cover/needs-this-machine", { guard: id, detail: "it acts only while this program runs" });

function permitted(
  { permissions }: Circumstances,
  account: AccountKey,
  now: number,
  { provedMs }: CoverSettings,
): { readonly by: readonly Shield[]; readonly notBy: readonly Why[] } {
  const mine = permissions.filter((permission) => permission.account === account);
  const judged = mine.map((permission) => ({ permission, not: unproved(permission, now, provedMs) }));
  return {
    by: judged.flatMap(({ permission: { executor, expires }, not }) =>
      not === undefined ? [{ is: "permission", executor, until: expires } as const] : [],
    ),
    notBy: judged.flatMap(({ not }) => (not === undefined ? [] : [not])),
  };
}

function unproved(
  { executor, isOwners, provedAt, expires }: Permission,
  now: number,
  provedMs: number,
): Why | undefined {
  if (expires <= now) return why("cover/permission-ended", { executor, ended: `${expires}`, next: "renew it" });
  if (isOwners) return why("cover/executor-is-yours", { executor, detail: "it dies with this machine" });
  if (provedAt === undefined || now - provedAt > provedMs)
    return why("cover/executor-not-proved", {
      executor,
      detail: "nobody is known to execute it",
      next: "let it prove itself",
    });
  return undefined;
}
