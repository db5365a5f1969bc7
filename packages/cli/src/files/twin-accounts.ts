import { type Result, type Why, canonical, fail, ok, why } from "@plimsoll/core/units";
import type { AccountConfig } from "./config-file.ts";
import type { SourceFile } from "./source-file.ts";

/**
 * Refuses an exchange's account that is named twice: its money and positions would count twice, and be promised twice. Known by its
 * address or by the key that reads it; another key of the same account is not seen.
 */
export function refuseTwins(file: SourceFile, accounts: readonly AccountConfig[]): Result<void, Why> {
  const known = new Map<string, string>();
  for (const [index, account] of accounts.entries()) {
    const identity = identityOf(account);
    const twin = identity === undefined ? undefined : known.get(identity);
    if (twin === undefined) {
      if (identity !== undefined) known.set(identity, account.name);
      continue;
    }
    const where = file.at(["accounts", index, "name"]);
    const detail = `${where} accounts[${index}]: ${account.name} is the same account of ${account.venue} as ${twin}`;
    return fail(
      why("file-invalid", { where, detail, next: `leave one of them out, and let its guards protect ${twin}` }),
    );
  }
  return ok(undefined);
}

/** Undefined for accounts on a chain, whose wallets are compared as they are read. */
function identityOf(account: AccountConfig): string | undefined {
  if ("rpc" in account) return undefined;
  const { venue, localPort } = account;
  const who = "user" in account ? account.user.toLowerCase() : canonical(account.keys.read);
  return canonical([venue, localPort ?? null, who]);
}
