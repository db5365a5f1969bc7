import type { Condition } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Why, why } from "@plimsoll/core/units";
import type { Plan } from "./plan.ts";

const saidOf = (conditions: ReadonlyMap<string, Condition>, holding: HoldingId) => {
  const said = conditions.get(`permission/${holding}`);
  return said?.type === "permission" ? said : undefined;
};

/**
 * Why nothing can be sent for a holding with the key that acts for it. What a plan in shadow only shows may be without a key: that
 * is said of it, see `keyUnsure`.
 */
export function keyForbids(
  conditions: ReadonlyMap<string, Condition>,
  holding: HoldingId,
  now: Ms,
  mode: Plan["mode"],
): Why | undefined {
  const said = saidOf(conditions, holding);
  if (said === undefined || (said.acts === "nobody" && mode === "shadow")) return undefined;
  if (said.acts === "nobody") return why("nobody-can-act", { holding, ...said.why?.facts });
  if (said.acts === "no")
    return why("key-may-not", { holding, detail: "its key cannot trade", next: "allow trading for it at the venue" });
  if (typeof said.until !== "number" || said.until > now) return undefined;
  return why("key-ended", { holding, ended: `${said.until}`, next: "make a new key at the venue" });
}

/** What a plan takes for granted of the key that acts for a holding; undefined where its venue said it, or where nothing is connected. */
export function keyUnsure(conditions: ReadonlyMap<string, Condition>, holding: HoldingId): Why | undefined {
  const said = saidOf(conditions, holding);
  if (said?.acts === "nobody") return why("nobody-can-act", { holding, ...said.why?.facts });
  if (said?.acts !== "unknown") return undefined;
  return why("key-unknown", { holding, detail: `the venue did not say what the key of ${holding} may do` });
}
