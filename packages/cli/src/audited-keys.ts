import { type Ms, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { type KeyUse, keyWarnings, refuseWithdrawals } from "@plimsoll/venues/wire";
import { type ExchangeKey, openExchangeKeys } from "./exchange-key.ts";
import type { ExchangeAccount } from "./files/exchange-account.ts";
import type { KeyRing } from "./files/key-ring.ts";

/** Keys of an account, and what they may do that they should not. */
interface AuditedKeys {
  readonly keys: readonly ExchangeKey[];
  readonly warnings: readonly Why[];
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
  const audited = await Promise.all(keys.map((key) => auditKey(account.venue, key, ms(Date.now()))));
  const refused = audited.find((each) => !each.ok);
  if (refused?.ok === false) {
    await Promise.all(keys.map((key) => key.close()));
    return refused;
  }
  return ok({ keys, warnings: audited.flatMap((each) => (each.ok ? each.value : [])) });
}

/** Asks the venue what a key may do. A key that can withdraw is a failure; what else is wrong with it is the answer. */
async function auditKey(
  venue: string,
  { held, permission }: ExchangeKey,
  now: Ms,
): Promise<Result<readonly Why[], Why>> {
  const said = await permission();
  const allowed = refuseWithdrawals(venue, said);
  if (!allowed.ok)
    return fail(why(allowed.failure.code, { key: held.use, place: held.place, ...allowed.failure.facts }));
  return ok(keyWarnings(held.use, said, now));
}
