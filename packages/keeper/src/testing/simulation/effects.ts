import type { Holding, Resting } from "@plimsoll/core/book";
import type { BoundEngine, Scene } from "@plimsoll/core/margin";
import { healthOf } from "@plimsoll/core/policy";
import type { Exact, Figure, HoldingId } from "@plimsoll/core/units";

/** What one message of ours did at a venue, by the venue's own state before and after. */
export interface OwnEffect {
  /** The id that the message carried: an intent's key, or one derived from it. */
  readonly reference: string;
  readonly holding: HoldingId;
  readonly at: number;
  /** Size filled or amount paid. */
  readonly amount: Exact;
  /** Size of the position, or of the debt, without sign. */
  readonly exposure: { readonly before: Exact; readonly after: Exact };
  readonly health: { readonly before: Figure<Exact>; readonly after: Figure<Exact> };
}

/** A stop of ours that a message of ours took away while it lay there, and what lay beside it then. */
export interface OwnCancel {
  readonly stop: Resting;
  readonly holding: HoldingId;
  /** Size of the position, without sign. */
  readonly position: Exact;
  readonly others: readonly Resting[];
}

/** Health of the maintenance line of a holding's only account; none once it is closed. */
export function healthIn(engine: BoundEngine, holding: Holding, scene: Scene<unknown>): Figure<Exact> {
  const [account] = engine.accounts(holding);
  if (account === undefined) return { is: "none", why: { code: "closed", facts: {} } };
  return healthOf(engine.assess(holding, account, scene), "maintenance", scene.now);
}
