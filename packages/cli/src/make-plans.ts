import { type Plan, type Planned, planForGuard, planForHealth } from "@plimsoll/core/planner";
import { type Guard, hashWith } from "@plimsoll/core/policy";
import {
  type AccountKey,
  type Exact,
  type HoldingId,
  type Result,
  type Why,
  accountKey,
  fail,
  ms,
  ok,
  why,
} from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import type { BookSource } from "./book-source.ts";
import { type PlanSource, stageOf } from "./book-stage.ts";
import { guardsNamed } from "./files/guard-version.ts";

/** A plan for one account, or why there is none. */
export interface AccountPlan {
  readonly holding: HoldingId;
  readonly account: AccountKey;
  /** What asked for it: a guard's name, or the health that was wished. */
  readonly asked: string;
  readonly plan?: Plan;
  readonly shortfalls: readonly Why[];
}

const hashOf = hashWith(sha256);

/** A plan that a person reads and confirms lasts this long; whether it still helps is looked at again when it is. */
const LASTS_MS = ms(300_000);
const lasting = (guard: Guard): Guard => ({ ...guard, bounds: { ...guard.bounds, maxAgeMs: LASTS_MS } });

/** One account and the health it should reach, or one guard; without either, all guards. */
export type Wish =
  | { readonly account: string; readonly health: Exact }
  | { readonly account?: never; readonly guard?: string };

/** The plans that were wished for a book. */
export function plansFor(
  source: PlanSource & Pick<BookSource, "guards">,
  wish: Wish,
): Result<readonly AccountPlan[], Why> {
  if (wish.account !== undefined) {
    const plan = planToHealth(source, wish.account, wish.health);
    return plan.ok ? ok([plan.value]) : plan;
  }
  const { guards } = source;
  const chosen = wish.guard === undefined ? guards : guardsNamed(guards, wish.guard);
  if (chosen.length > 0) return plansOfGuards(source, chosen);
  const detail = wish.guard === undefined ? "the file has no guards" : `no guard is named ${wish.guard}`;
  const known = guards.map((guard) => guard.id).join(", ");
  const next = known === "" ? "write --account NAME --health 1.5" : `write one of: ${known}`;
  return fail(why("usage", { detail, next }));
}

/** What each guard would do now for every account it watches, whatever its trigger says. */
export function plansOfGuards(source: PlanSource, guards: readonly Guard[]): Result<readonly AccountPlan[], Why> {
  const stage = stageOf(source);
  if (!stage.ok) return stage;
  const { start, accounts } = stage.value;
  return ok(
    guards.flatMap((guard) =>
      accounts
        .filter(
          ({ holding, account }) => holding === guard.scope.holding && (guard.scope.account ?? account) === account,
        )
        .map((each) => ({
          ...each,
          asked: guard.name,
          ...outcomeOf(planForGuard(start, lasting(guard), each.account, hashOf)),
        })),
    ),
  );
}

/** The cheapest way to a health on one account, named by its key or by the only account of a holding. */
export function planToHealth(source: PlanSource, name: string, health: Exact): Result<AccountPlan, Why> {
  const stage = stageOf(source);
  if (!stage.ok) return stage;
  const { start, accounts } = stage.value;
  const named = accounts.filter(({ holding, account }) => account === accountKey(name) || String(holding) === name);
  const [only, other] = named;
  if (only === undefined || other !== undefined) {
    const next = `write one of: ${(named.length > 0 ? named : accounts).map(({ account }) => account).join(", ")}`;
    return fail(
      why("usage", { detail: `${name} names ${named.length === 0 ? "no account" : "several accounts"}`, next }),
    );
  }
  return ok({ ...only, asked: `health ${name}`, ...outcomeOf(planForHealth(start, { ...only, health }, hashOf)) });
}

const outcomeOf = ({ plan, shortfalls }: Planned): Pick<AccountPlan, "plan" | "shortfalls"> => ({
  shortfalls: shortfalls.map((each) => each.why),
  ...(plan && { plan }),
});
