import type { Action, Condition } from "@plimsoll/core/book";
import { type HoldingId, type VenueId, type Why, why } from "@plimsoll/core/units";
import type { Draft } from "./draft.ts";
import type { Ground } from "./ground.ts";
import { SLICE_MS, type Slices } from "./slices.ts";

type Budget = Extract<Condition, { type: "rate-budget" }>;

/** What the connections told of the limit that counts for a holding: of all to its venue where that counts by our address. */
const budgetsOf = (conditions: ReadonlyMap<string, Condition>, { holding: { id, venue } }: Ground): readonly Budget[] =>
  [...conditions.values()].filter(
    (said): said is Budget =>
      said.type === "rate-budget" && said.venue === venue && (said.by === "address" || said.holding === id),
  );

/** Whether an action is a message to an exchange, which counts messages; a chain takes its fee. */
const isCounted = ({ engine }: Ground, action: Action): boolean => engine.gas?.(action) === undefined;

/** Messages of an order within one window of a limit: a slice that waits for a new book is a message of a later window. */
const messagesOf = (slices: Slices | undefined, windowMs: number): number =>
  Math.min(slices?.count ?? 1, Math.floor(windowMs / SLICE_MS) + 1);

/**
 * Why an action needs more messages than its venue takes now: after what was asked of it within its window, what is under way and what
 * the plan has before it. Undefined where it fits, and where no limit is known: that is said of the plan, see `rateUnsure`.
 */
export function rateForbids(
  { field, proposals }: Pick<Draft, "field" | "proposals">,
  ground: Ground,
  action: Action,
  slices: Slices | undefined,
): Why | undefined {
  const { holding, scene } = ground;
  const budgets = isCounted(ground, action) ? budgetsOf(field.conditions, ground) : [];
  const [first] = budgets;
  if (first === undefined) return undefined;
  const { by, windowMs } = first;
  const shares = (id: HoldingId, venue: VenueId | undefined) =>
    venue === holding.venue && (by === "address" || id === holding.id);
  const most = Math.min(...budgets.map((each) => each.most));
  const asked = budgets.filter(({ at }) => scene.now - at < windowMs).reduce((sum, { spent }) => sum + spent, 0);
  const before = proposals
    .filter((each) => shares(each.holding, field.grounds.get(each.holding)?.holding.venue))
    .reduce((sum, each) => sum + messagesOf(each.slices, windowMs), 0);
  const underway = (field.underway ?? []).filter((each) => shares(each.holding, each.venue)).length;
  const left = Math.max(0, most - asked - before - underway);
  const needs = messagesOf(slices, windowMs);
  if (needs <= left) return undefined;
  return why("rate-budget", {
    ...{ venue: holding.venue, needs: `${needs}`, left: `${left}`, windowMs: `${windowMs}` },
    next: "it is planned again when the window has passed",
  });
}

/** What a plan takes for granted of a venue that counts messages and whose count is not known. */
export function rateUnsure(
  conditions: ReadonlyMap<string, Condition>,
  ground: Ground,
  action: Action,
): Why | undefined {
  if (!isCounted(ground, action) || budgetsOf(conditions, ground).length > 0) return undefined;
  const { venue } = ground.holding;
  return why("rate-budget-unknown", { venue, detail: `how many messages ${venue} still takes is not known` });
}
