import type { Account } from "@plimsoll/server/contract";
import { coverLine } from "@plimsoll/server/display";

/**
 * What protects an account if this machine dies now, a line for each position.
 * Where nothing was said, only an account without debt and position needs nothing: of any other it is unknown.
 * @param old the figures are the last known: a stop that lay there may be gone.
 */
export function viewCovers(
  { covers = [], health }: Pick<Account, "covers" | "health">,
  old: boolean,
): readonly string[] {
  if (covers.length > 0) return covers.map((cover) => `${old ? "as last known: " : ""}${coverLine(cover)}`);
  return [health.is === "no-debt" && !old ? "nothing that could be liquidated" : "unknown"];
}
