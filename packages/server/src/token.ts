import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** A token fits a header, a URL fragment and a WebSocket sub-protocol name, and cannot be guessed. */
const shape = /^[A-Za-z0-9._~-]{16,128}$/;

/** The configured token, or a random one of 256 bits. */
export function readToken(configured: string | undefined): Result<string, Why> {
  if (configured === undefined) return ok(randomBytes(32).toString("base64url"));
  if (shape.test(configured)) return ok(configured);
  const next = "use 16 to 128 of A-Z a-z 0-9 . _ ~ -, or leave it out and a random one is made";
  return fail(why("server/weak-token", { length: String(configured.length), next }));
}

/** Whether two tokens are equal, in a time that does not depend on where they differ. */
export function sameToken(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
