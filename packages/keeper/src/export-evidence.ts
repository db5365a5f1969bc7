import { existsSync, renameSync, writeFileSync } from "node:fs";
import { type Store, writeEvidence } from "@plimsoll/core/journal";
import { type Ms, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { SigningKey } from "./signing-key.ts";

/**
 * Writes the whole journal, signed, to one file that anybody with the public key can check.
 * @returns the file's size; failures `evidence/exists` (nothing is overwritten), `journal/broken-chain`, `evidence/not-written`.
 */
export async function exportEvidence(
  store: Pick<Store, "streams" | "read">,
  key: SigningKey,
  to: string,
  at: Ms,
): Promise<Result<{ readonly bytes: number }, Why>> {
  if (existsSync(to)) return fail(why("evidence/exists", { to, next: "name a file that does not exist" }));
  if ((await store.streams()).length === 0)
    return fail(why("evidence/nothing", { next: "the journal is empty: start the keeper first" }));
  const written = await writeEvidence(key.crypto, key.publicKey, store, at);
  if (!written.ok) return written;
  try {
    const part = `${to}.part`;
    writeFileSync(part, written.value, { flush: true });
    renameSync(part, to);
    return ok({ bytes: Buffer.byteLength(written.value) });
  } catch (error) {
    return fail(why("evidence/not-written", { to, detail: String(error), next: "name a folder that you may write" }));
  }
}
