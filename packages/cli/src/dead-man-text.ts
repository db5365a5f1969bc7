import type { DeadMan } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { type Why, holdingId, why } from "@plimsoll/core/units";
import type { ExchangeKey } from "./exchange-key.ts";
import { relyingOn } from "./relying-on.ts";

/** Whether a timer at the venue cancels orders, in a few words. */
export const timerText = (timer: DeadMan): string =>
  timer.is === "off"
    ? "no timer cancels the account's orders"
    : timer.is === "armed"
      ? `a timer ${timer.detail}`
      : `whether a timer cancels the account's orders is unknown: ${timer.why.facts["detail"] ?? timer.why.code}`;

/** Orders that lie at the venue are what protects while this machine is dead; such a timer takes them away just then. */
export async function timerWarnings(
  timer: DeadMan,
  name: string,
  key: ExchangeKey,
  guards: readonly Guard[],
): Promise<readonly Why[]> {
  if (timer.is !== "armed") return [];
  const relies = await relyingOn(holdingId(name), key, guards);
  const next = "switch it off at the venue";
  if (relies.ok && relies.value.length === 0)
    return [
      why("venue/dead-man-armed", { detail: `resting stops would count as nothing: a timer ${timer.detail}`, next }),
    ];
  const what = relies.ok
    ? relies.value.join(", ")
    : `what relies on a stop could not be read (${relies.failure.facts["detail"] ?? relies.failure.code})`;
  return [why("venue/dead-man-relied-on", { detail: `${what}; a timer ${timer.detail}`, next })];
}
