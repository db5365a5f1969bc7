import { type Why, why } from "@plimsoll/core/units";
import type { Connection } from "./connection.ts";

/** Why this keeper can do nothing for a holding although it runs, whatever its guards say; empty where it can act. */
export function notProtecting(connection: Connection | undefined): readonly Why[] {
  if (connection?.actor === undefined) return [mute];
  const away = connection.away?.();
  return away === undefined ? [] : [away];
}

const mute = why("keeper/cannot-act", {
  detail: "no key acts for this account: it protects nobody",
  next: "name a key",
});
