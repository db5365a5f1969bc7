import type { DeadMan, Holding } from "@plimsoll/core/book";
import { defaultAges } from "@plimsoll/core/risk";
import { type Circumstances, type Cover, type Permission, coverDefaults, coverageOf } from "@plimsoll/core/protection";
import { type HoldingId, type VenueId, type Why, accountKey, assetId, unknown } from "@plimsoll/core/units";
import type { TurnPorts } from "./contract.ts";
import { groundOf, isGround } from "./look.ts";
import { asItActs } from "./mode.ts";
import type { State } from "./state.ts";
import { isSeenSince } from "./verify-resting.ts";

/** What only the shell knows of what protects: nothing of it is guessed, and what is left out counts as nothing or as unknown. */
export interface Surroundings {
  /** Whether a timer is armed at a holding's venue; left out: unknown. */
  readonly deadMan?: (holding: HoldingId) => DeadMan["is"];
  readonly permissions?: readonly Permission[];
  /** What else does not protect a holding, and why: a key that ended, a keeper that waits for its passphrase. */
  readonly others?: (holding: HoldingId) => readonly Why[];
}
/** A cover with the holding that its account is in. */
export type BookCover = Cover & { readonly holding: HoldingId };

/** What protects every position of the book if this machine dies now; what is lost or cannot be read is not covered. */
export function coverageIn(ports: TurnPorts, state: State, around: Surroundings): readonly BookCover[] {
  return [...state.facts.holdings.values()].flatMap((held) => {
    const ground = groundOf(ports, state.facts, held, state.at);
    if (!isGround(ground)) return [blindCover(held.id, ground)];
    const mine = (state.guardIndex.ofHolding.get(held.id) ?? []).map((guard) => asItActs(state.mode, guard));
    return ground.engine.accounts(ground.holding).flatMap((account) => {
      const guards = mine.filter(({ scope }) => scope.account === undefined || scope.account === account);
      const circumstances: Circumstances = {
        ...ordersAt(state, held.venue),
        isSeenSince: isSeen(ports, state, held),
        deadMan: around.deadMan?.(held.id) ?? "unknown",
        permissions: around.permissions ?? [],
        guards,
        others: around.others?.(held.id) ?? [],
      };
      return coverageOf(ground, account, circumstances).map((cover) => ({ ...cover, holding: held.id }));
    });
  });
}

/** What was read too long ago, as after a start, or before a halt, need not lie there any more. */
function isSeen({ ages = defaultAges }: TurnPorts, state: State, { id, venue, asOf }: Holding): boolean {
  const isYoung = state.at - asOf <= ages.holdingMs.exchange;
  return isYoung && !state.facts.lost.has(id) && isSeenSince(state, id, venue, asOf);
}

/** Of a holding that cannot be read nothing is known but that nobody can say what protects it. */
const blindCover = (holding: HoldingId, reason: Why): BookCover => ({
  ...{ holding, account: accountKey(holding), unit: assetId("unknown"), by: [], assumes: [], notBy: [reason] },
  ...{ unprotectedMs: coverDefaults.personMs, atRisk: unknown(reason) },
});

function ordersAt({ facts }: State, venue: VenueId): Pick<Circumstances, "orders"> {
  const said = facts.conditions.get(`venue-state/${venue}/orders`);
  return said?.type === "venue-state" ? { orders: said.state } : {};
}
