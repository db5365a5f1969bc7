import type { Lease } from "@plimsoll/core/journal";
import { type Ms, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import type { LeaseRow } from "./rows.ts";

export const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A write that threw: the disk, the server or the connection. Whether it took place is not known. */
export const writeFailed = (what: string, error: unknown): { readonly ok: false; readonly failure: Why } =>
  fail(
    why("store/write-failed", {
      what,
      detail: detailOf(error),
      next: "nothing was acknowledged, but the commit may have happened: read the stream's head before writing again",
    }),
  );

/** The answer to a wish for a lease: the row that was written, or who holds it. */
export function leaseAnswer(written: LeaseRow | undefined, holder: LeaseRow | undefined): Result<Lease, Why> {
  if (written !== undefined)
    return ok({ ...written, fence: BigInt(written.fence), until: ms(Number(written.until_ms)) } satisfies Lease);
  return fail(
    why("store/lease-held", {
      stream: holder?.stream ?? "unknown",
      holder: holder?.owner ?? "unknown",
      untilMs: String(holder?.until_ms ?? "unknown"),
      next: "another process owns the stream: wait until its lease ends, or stop that process",
    }),
  );
}

export const backupExists = (to: string) =>
  fail(why("store/backup-exists", { to, next: "a backup never overwrites: name a file that does not exist" }));

export const untilOf = (now: Ms, ttlMs: Ms): bigint => BigInt(now + ttlMs);

/** Nothing was ever journaled there. */
export const noJournal = (file: string): Why =>
  why("store/no-journal", { file, next: "name the data folder of a keeper that has run, or a backup" });
