import type { DeadMan } from "@plimsoll/core/book";
import type { Surroundings } from "@plimsoll/core/turn";
import { type HoldingId, type Why, ms } from "@plimsoll/core/units";
import { type KeyPermission, keyWarnings } from "@plimsoll/venues/wire";
import type { Connected } from "./connect.ts";

/** What a venue says around an account: whether a timer would cancel its orders, and why its key can do nothing. */
export interface Standing {
  readonly deadMan: DeadMan;
  readonly unable: readonly Why[];
}

/** What of a trade key's permission means that nothing can be sent with it. */
export const unableBy = (permission: KeyPermission): readonly Why[] =>
  keyWarnings("trade", permission, ms(Date.now())).filter(
    ({ code }) => code === "key/expired" || code === "key/cannot-trade",
  );

/** How often venues are asked: what they answer changes by hand. */
const EVERY_MS = 300_000;

/** What venues last said around each account; what was not said yet is unknown. */
export interface Standings {
  readonly around: () => Surroundings;
  readonly stop: () => Promise<void>;
}

/** Asks at once, and again and again until it is stopped. @param changed is called when something was heard. */
export function watchStandings(
  connected: readonly Pick<Connected, "connection" | "standing">[],
  changed: () => void,
): Standings {
  const known = new Map<HoldingId, Standing>();
  const ask = async () => {
    await Promise.all(
      connected.map(async ({ connection, standing }) => {
        // what is not heard is unknown again: an answer of before may no longer be so
        const said = await standing?.().catch(() => undefined);
        if (said === undefined) known.delete(connection.holding);
        else known.set(connection.holding, said);
      }),
    );
    changed();
  };
  let asking = ask();
  const timer = setInterval(() => void (asking = asking.then(ask)), EVERY_MS);
  return {
    around: () => ({
      deadMan: (holding) => known.get(holding)?.deadMan.is ?? "unknown",
      others: (holding) => known.get(holding)?.unable ?? [],
    }),
    stop: async () => {
      clearInterval(timer);
      await asking;
    },
  };
}
