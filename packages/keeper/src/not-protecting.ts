import { type Ms, type Why, why } from "@plimsoll/core/units";
import type { Condition } from "@plimsoll/core/book";
import type { Connection } from "./connection.ts";

/** Why this keeper can do nothing for a holding although it runs, whatever its guards say; empty where it can act. */
export function notProtecting(connection: Connection | undefined): readonly Why[] {
  if (connection?.actor === undefined) return [mute];
  const away = connection.away?.();
  return away === undefined ? [] : [away];
}

/** Whether anything can be sent for a holding now, as a plan is told it. */
export function permissionOf(connection: Connection, at: Ms): Condition {
  const [nobody] = notProtecting(connection);
  const { holding, key = { acts: "unknown", until: "unknown" } } = connection;
  return {
    ...{ type: "permission", holding, at },
    ...(nobody === undefined ? key : { acts: "nobody", until: "unknown", why: nobody }),
  };
}

const mute = why("keeper/cannot-act", {
  detail: "no key acts for this account: it protects nobody",
  next: "name a key",
});
