import type { BookEvent } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { type BookView, createTurn } from "@plimsoll/core/turn";
import type { Ms } from "@plimsoll/core/units";
import { sha256 } from "@plimsoll/keeper";
import { engineOf } from "@plimsoll/venues";

/** A book as one turn sees it: the same function that runs live, fed once. */
export function viewOf(events: readonly BookEvent[], guards: readonly Guard[], at: Ms): BookView {
  const turn = createTurn({ engineOf, sha256 });
  const inputs = [{ type: "policy" as const, guards, reserves: [] }, ...events, { type: "tick" as const }];
  for (const [index, event] of inputs.entries()) turn.turn({ seq: BigInt(index + 1), at, event });
  return turn.view();
}
