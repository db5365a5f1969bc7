import { type Ms, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** A clock that is further off than this is worth a word; signatures still pass. @source field-notes, defaults. */
const WARN_MS = 250;
/** Beyond it ages of prices and positions mean nothing: the account is unknown. @source field-notes, defaults. */
const UNKNOWN_MS = 1_000;

/** One question for the venue's time: what it answered, between sending and receiving by our own clock. */
export interface TimeAnswer {
  readonly sent: number;
  readonly venue: Ms;
  readonly received: number;
}

/** How far our clock is certainly off: the way there and back may hide half of its time. */
export function certainSkewMs({ sent, venue, received }: TimeAnswer): number {
  if (venue > received) return venue - received;
  return venue < sent ? sent - venue : 0;
}

/** Fails where the clocks are too far apart to judge any age; `warning` is worth telling a person. */
export function checkClock(venue: string, answer: TimeAnswer): Result<{ readonly warning?: Why }, Why> {
  const skewMs = certainSkewMs(answer);
  if (skewMs <= WARN_MS) return ok({});
  const reason = why(`${venue}/clock-skew`, {
    skewMs: `${skewMs}`,
    detail: `this machine's clock and the venue's are ${skewMs} ms apart`,
    next: "let this machine's clock follow a time server",
  });
  return skewMs > UNKNOWN_MS ? fail(reason) : ok({ warning: reason });
}
