import type { Condition, Holding } from "@plimsoll/core/book";
import type { Assessment, BoundEngine, Scene } from "@plimsoll/core/margin";
import { maintenanceOf } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type AssetId,
  type Exact,
  type HoldingId,
  type Ms,
  type VenueId,
  type Why,
  ZERO,
  add,
  why,
} from "@plimsoll/core/units";

/** Where proposals are made: a holding under its engine in one scene. */
export interface Ground {
  readonly engine: BoundEngine;
  readonly holding: Holding;
  readonly scene: Scene<unknown>;
}

/** Every holding that a plan may touch, and what is said of venues, order books and chains, by `conditionName`. */
export interface Field {
  readonly grounds: ReadonlyMap<HoldingId, Ground>;
  readonly conditions: ReadonlyMap<string, Condition>;
  /** The wallet that pays for each holding, and when it was read: holdings of one wallet share its money. Left out: its money is its own. */
  readonly wallets?: ReadonlyMap<HoldingId, { readonly name: string; readonly readAt: Ms }>;
  /** Where intents are under way, one for each: any of them may have a message more to send. */
  readonly underway?: readonly { readonly holding: HoldingId; readonly venue: VenueId | undefined }[];
}

/** Exact state of an account; undefined once it is gone, closed by what was done. */
export const assessed = ({ engine, holding, scene }: Ground, account: AccountKey): Assessment | undefined =>
  engine.accounts(holding).includes(account) ? engine.assess(holding, account, scene) : undefined;

/** Whether the venue may take the account as it stands. */
export const isTaken = (assessment: Assessment | undefined): boolean =>
  (assessment && maintenanceOf(assessment)?.crossed) ?? false;

/** An action may not push another account of the same holding over a line it is not over now. */
export function harmedNeighbour(before: Ground, after: Ground, own: AccountKey): Why | undefined {
  for (const account of after.engine.accounts(after.holding)) {
    if (account === own || !isTaken(assessed(after, account)) || isTaken(assessed(before, account))) continue;
    return why("would-liquidate-another-account", { account, next: "take less, or from elsewhere" });
  }
  return undefined;
}

/** What all accounts of a holding that count in one unit are worth together; undefined where one of them is not known. */
export function worthIn({ engine, holding, scene }: Ground, unit: AssetId): Exact | undefined {
  let sum = ZERO;
  for (const account of engine.accounts(holding)) {
    const { equity, unit: own } = engine.assess(holding, account, scene);
    if (own !== unit || equity.is === "none") continue;
    if (equity.is !== "known") return undefined;
    sum = add(sum, equity.value);
  }
  return sum;
}
