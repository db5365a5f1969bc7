import type { Trouble } from "@plimsoll/core/turn";
import type { Alert } from "@plimsoll/server/contract";
import { reasonText } from "@plimsoll/server/display";
import { viewMoment, viewReason } from "./plain.ts";

/** One episode of alerts as every door shows it. */
export function viewAlert({ id, identity, first, worst, seen, danger, because }: Trouble): Alert {
  return {
    ...{ id, identity, worst, danger },
    first: viewMoment(first),
    last: viewMoment(seen),
    because: viewReason(because),
    text: reasonText(because),
  };
}
