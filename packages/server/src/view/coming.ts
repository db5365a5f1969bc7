import { type Danger, type Foreseen, worse } from "@plimsoll/core/risk";
import { type Ms, text, why } from "@plimsoll/core/units";
import type { ComingChange } from "@plimsoll/server/contract";
import { viewMoment, viewReason } from "./plain.ts";

/** A coming change as every door shows it; `now` is the account's word at this moment. */
export function viewComing(foreseen: Foreseen, now: Danger, moment: Ms): ComingChange {
  const { at, how, source, changes, refused, unread, danger, because, lines, touches } = foreseen;
  return {
    at: viewMoment(at),
    due: at <= moment,
    known: how,
    source,
    changes: changes.map(({ path, ...sides }) => ({ parameter: path, ...sides })),
    problems: [...refused, ...unread.map((what) => why("rules-change-unread", { what }))].map(viewReason),
    danger,
    because: viewReason(because),
    worsens: danger !== now && worse(danger, now) === danger,
    touches,
    lines: lines.map(({ name, before, after }) => ({
      name,
      ...(before && { before: text(before) }),
      ...(after && { after: text(after) }),
    })),
  };
}
