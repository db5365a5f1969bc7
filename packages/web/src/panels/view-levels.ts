import type { Guard } from "@plimsoll/server/contract";

/** The prices at which guards act on one quote, for its chart. */
export const viewLevels = (guards: readonly Guard[], quote: string | undefined) =>
  guards.flatMap(({ name, mode, trigger }) =>
    trigger.when === "price" && trigger.quote === quote ? [{ at: trigger.at, title: `${name} (${mode})` }] : [],
  );
