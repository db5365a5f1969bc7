import { resolve } from "node:path";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { limitedActor, openCounters } from "@plimsoll/keeper";
import type { Connected } from "./connect.ts";
import type { LayeredConfig } from "./files/config-file.ts";
import { signerRulesOf } from "./files/signer-limits.ts";

interface Limited {
  readonly connected: readonly Connected[];
  readonly close: () => void;
}

/**
 * Holds every account whose `limits` its owner wrote to them, also where the key is in this process: guards, plans and panics alike, with
 * the counters that a signer of the same folder would use. An account without any is bounded by its guards and by what is confirmed.
 * @returns failures of the counters, as where a signer runs on the folder: then nothing is opened.
 */
export function limitConnected(
  connected: readonly Connected[],
  { config, guards }: Pick<LayeredConfig, "config" | "guards">,
): Result<Limited, Why> {
  const limited = new Map(
    config.signer ? [] : config.accounts.filter(({ limits }) => limits !== undefined).map((one) => [one.name, one]),
  );
  const isLimited = ({ connection }: Connected) => limited.has(connection.holding) && connection.actor !== undefined;
  if (!connected.some(isLimited)) return ok({ connected, close: () => {} });
  const counters = openCounters(resolve(config.dataDir));
  if (!counters.ok) return counters;
  const bound = connected.map((each): Connected => {
    const { actor, holding } = each.connection;
    const account = limited.get(holding);
    if (actor === undefined || account === undefined) return each;
    const rules = signerRulesOf(account, guards);
    return { ...each, connection: { ...each.connection, actor: limitedActor(actor, rules, counters.value) } };
  });
  return ok({ connected: bound, close: () => counters.value.close() });
}
