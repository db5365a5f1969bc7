import { type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import type { Connection } from "@plimsoll/keeper";
import { type KeyPermission, type KeyUse, keyWarnings, refuseWithdrawals } from "@plimsoll/venues/wire";
import { type ExchangeKey, openExchangeKeys } from "./exchange-key.ts";
import type { ExchangeAccount } from "./files/exchange-account.ts";
import type { KeyRing } from "./files/key-ring.ts";

/** Keys of an account, and what they may do that they should not. */
interface AuditedKeys {
  readonly keys: readonly ExchangeKey[];
  readonly warnings: readonly Why[];
  /** What the venue said of the key that trades; absent where none is opened. */
  readonly trade?: NonNullable<Connection["key"]>;
}

/** Opens an account's keys for these uses and asks the venue what each may do; one that can withdraw is refused, and all are closed. */
export async function openAuditedKeys(
  account: ExchangeAccount,
  ring: KeyRing,
  uses: readonly KeyUse[],
): Promise<Result<AuditedKeys, Why>> {
  const opened = await openExchangeKeys(account, ring, uses);
  if (!opened.ok) return opened;
  const keys = opened.value;
  const now = ms(Date.now());
  const audited = await Promise.all(keys.map((key) => auditKey(account.venue, key)));
  const refused = audited.find((each) => !each.ok);
  if (refused?.ok === false) {
    await Promise.all(keys.map((key) => key.close()));
    return refused;
  }
  const told = audited.flatMap((each) => (each.ok ? [each.value] : []));
  const trade = told.find(({ use }) => use === "trade");
  return ok({
    keys,
    warnings: told.flatMap(({ said, use }) => keyWarnings(use, said, now)),
    ...(trade !== undefined && { trade: mayAct(trade.said) }),
  });
}

/** Asks the venue what a key may do. A key that can withdraw is a failure. */
async function auditKey(
  venue: string,
  { held, permission }: ExchangeKey,
): Promise<Result<{ readonly use: KeyUse; readonly said: KeyPermission }, Why>> {
  const said = await permission();
  const allowed = refuseWithdrawals(venue, said);
  if (!allowed.ok)
    return fail(why(allowed.failure.code, { key: held.use, place: held.place, ...allowed.failure.facts }));
  return ok({ use: held.use, said });
}

/** What plans are told of the key that acts. */
const mayAct = (said: KeyPermission): NonNullable<Connection["key"]> =>
  said.is === "unknown"
    ? { acts: "unknown", until: "unknown" }
    : { acts: said.trades === "unknown" ? "unknown" : said.trades ? "yes" : "no", until: said.expires };
