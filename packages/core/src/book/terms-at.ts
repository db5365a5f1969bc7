import type { Ms } from "@plimsoll/core/units";
import type { Terms } from "./event.ts";

/**
 * The document in force at a moment: of those that were valid by then the newest, of equally new ones the last in the list, so
 * that a list in the order in which documents were learnt gives the last word.
 * @param documents of one parameter set.
 * @returns undefined before the oldest.
 */
export function inForce(documents: Iterable<Terms<unknown>>, moment: Ms): Terms<unknown> | undefined {
  let newest: Terms<unknown> | undefined;
  for (const document of documents) {
    const { validFrom } = document;
    if (validFrom <= moment && validFrom >= (newest?.validFrom ?? -Infinity)) newest = document;
  }
  return newest;
}

/**
 * The document by which a holding is judged at a moment. Before the oldest that is known (a past day replayed under later rules)
 * that one is taken: an assessment names the terms it used.
 * @param documents of one parameter set, oldest first.
 */
export const governing = (documents: readonly Terms<unknown>[], moment: Ms): Terms<unknown> | undefined =>
  inForce(documents, moment) ?? documents[0];
