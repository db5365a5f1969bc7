import type { Start } from "@plimsoll/core/planner";
import { applyEvent, groundOf, isGround, noFacts, walletsOf } from "@plimsoll/core/turn";
import { type AccountKey, type HoldingId, type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import { engineOf } from "@plimsoll/venues";
import type { BookSource } from "./book-source.ts";

/** A book that plans are made for. */
export type PlanSource = Pick<BookSource, "events" | "at" | "reserves">;

/** What a plan starts from, and the accounts that are in it. */
export interface Stage {
  readonly start: Start;
  readonly accounts: readonly { readonly holding: HoldingId; readonly account: AccountKey }[];
}

/** Every account of a book under its own engine; the first that cannot be judged is the failure. */
export function stageOf({ events, at, reserves }: PlanSource): Result<Stage, Why> {
  const facts = noFacts();
  for (const event of events) applyEvent(facts, event);
  const ports = { engineOf, sha256 };
  const grounds = new Map();
  const accounts: Stage["accounts"][number][] = [];
  for (const holding of facts.holdings.values()) {
    const ground = groundOf(ports, facts, holding, at);
    if (!isGround(ground)) return fail(ground);
    grounds.set(holding.id, ground);
    for (const account of ground.engine.accounts(ground.holding)) accounts.push({ holding: holding.id, account });
  }
  return ok({
    start: { field: { grounds, conditions: facts.conditions, wallets: walletsOf(facts) }, reserves, spent: [] },
    accounts,
  });
}
