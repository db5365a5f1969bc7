import * as z from "zod";
import { contract } from "./registry.ts";
import { Danger, Moment, Reason } from "./amount.ts";

/** One trouble from its beginning until it has been away for an hour: told once, and again when it gets worse. */
export const Alert = z
  .object({
    /** Stays the same for as long as the episode lasts; the journal's alerts carry it. */
    id: z.string(),
    /** What it is about: "holding/account/level", "holding/account/blind", "holding/account/guard:id/code". */
    identity: z.string(),
    first: Moment,
    worst: Danger,
    /** When it was there last, how bad it was then, and the number that decided it, also as a sentence. */
    last: Moment,
    danger: Danger,
    because: Reason,
    text: z.string(),
  })
  .register(contract, { id: "Alert" });
export type Alert = z.infer<typeof Alert>;
