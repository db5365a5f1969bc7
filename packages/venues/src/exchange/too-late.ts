import type { Reply } from "@plimsoll/core/book";
import { why } from "@plimsoll/core/units";

// A message that carries no id of ours, such as a margin move, is looked for by what it did since it was made. Its absence is an
// answer only once it can no longer arrive.

/** Within this time after it was made such a message may be sent, ms. */
const SEND_WITHIN_MS = 5_000;
/** The venue takes a message no later than this after it was signed, ms. */
const VENUE_TAKES_MS = 5_000;

/** Refuses a message without an id that waited too long; undefined while it may be sent. Both times by the client's clock. */
export const tooLate = (venue: string, madeAt: number, now: number): Reply | undefined =>
  now <= madeAt + SEND_WITHIN_MS
    ? undefined
    : { is: "refused", why: why(`${venue}/too-late`, { next: "the message waited too long: the guard decides anew" }) };

/** Whether a message made then may still be on its way to the venue. */
export const mayArrive = (madeAt: number, now: number): boolean => now <= madeAt + SEND_WITHIN_MS + VENUE_TAKES_MS;
