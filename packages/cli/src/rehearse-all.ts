import type { BookEvent } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import { type Rehearsal, rehearse } from "@plimsoll/lab";
import { engineOf } from "@plimsoll/venues";

/** Guards to rehearse, and the book to begin with. */
export interface RehearsalWork {
  readonly guards: readonly Guard[];
  readonly events: readonly BookEvent[];
}

/** Every guard of an entry through a rehearsal over what is known; the first that cannot be rehearsed is the failure. */
export function rehearseAll({ guards, events }: RehearsalWork): Result<readonly Rehearsal[], Why> {
  const ran = guards.map((guard) => rehearse(guard, events, { engineOf, sha256 }));
  const failed = ran.find((each) => !each.ok);
  return failed?.ok === false ? failed : ok(ran.flatMap((each) => (each.ok ? [each.value] : [])));
}
