import { createHash } from "node:crypto";
import { type Condition, conditionName } from "@plimsoll/core/book";
import type { BoundEngine } from "@plimsoll/core/margin";
import { type Guard, type Remedy, guardHash, hashWith } from "@plimsoll/core/policy";
import { type Exact, dec, exact, holdingId, ms } from "@plimsoll/core/units";
import {
  type Field,
  type Ground,
  type Plan,
  type Planned,
  type Reserve,
  type Want,
  planRescues,
} from "@plimsoll/core/planner";
import { type DeskBody, type DeskTerms, boundDesk, deskAccount, deskHolding, deskScene } from "./small-desk.ts";

const hashOf = hashWith((bytes) => createHash("sha256").update(bytes).digest());

/** A guard of the desk that wants a health back. */
export const deskGuard = (ladder: readonly Remedy[], target = "2", over: Partial<Guard> = {}): Guard => ({
  ...{ id: "g", name: "keep it afloat", scope: { holding: holdingId("desk:me") }, ladder, mode: "armed" },
  trigger: { when: "health", line: "maintenance", below: dec(target), release: dec(target), urgent: dec("1") },
  target: { want: "health", at: dec(target) },
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(30_000), perDay: 10 },
  ...over,
});

/** One desk with its prices, and what is said around it. */
export interface Case {
  readonly body: DeskBody;
  readonly guard: Guard;
  readonly prices?: Readonly<Record<string, Exact>>;
  readonly conditions?: readonly Condition[];
  readonly reserves?: readonly Reserve[];
  readonly engine?: BoundEngine;
  readonly mode?: Plan["mode"];
  readonly underway?: Field["underway"];
  readonly others?: readonly Ground[];
  readonly now?: number;
  /** Beside lots of a hundredth of a bitcoin. */
  readonly terms?: Partial<DeskTerms>;
}

/** The plan of one guard on one desk. */
export function planOnDesk({ prices = { BTC: dec("50000") }, conditions = [], now = 1, ...of }: Case): Planned {
  const { body, guard, reserves = [], engine = boundDesk, mode = "armed", underway = [], others = [], terms = {} } = of;
  const holding = deskHolding(body);
  const scene = deskScene(prices, { lots: { BTC: exact(1n, 2) }, ...terms }, now);
  const want: Want = {
    ...{ guard, version: guardHash(hashOf, guard), account: deskAccount },
    ...{ urgent: false, because: "health is low", left: {} },
  };
  const grounds = [{ engine, holding, scene }, ...others];
  const field: Field = {
    grounds: new Map(grounds.map((each) => [each.holding.id, each])),
    conditions: new Map(conditions.map((each) => [conditionName(each), each])),
    underway,
  };
  return planRescues({ field, reserves, spent: [] }, [want], mode, hashOf);
}
