import * as z from "zod";
import { contract } from "./registry.ts";
import { Danger, Decimal, Moment, Reason } from "./amount.ts";

/** A change of an account's rules that is known before it happens, and the account under it at the prices of now. */
export const ComingChange = z
  .object({
    at: Moment,
    /** Its date is past, and the rules in force do not show it. */
    due: z.boolean(),
    /** Read in a queue on its chain, in a document that is not valid yet, or told by the owner. */
    known: z.enum(["queued", "announced", "notice"]),
    source: z.string(),
    /** Parameters by their path in the terms document; a side is absent where the document has no such parameter. */
    changes: z.array(z.object({ parameter: z.string(), from: z.string().optional(), to: z.string().optional() })),
    /** What of it these terms cannot take, or cannot be read. */
    problems: z.array(Reason),
    /** The word that the account will get, and the number that decides it. */
    danger: Danger,
    because: Reason,
    /** Whether it worsens the word that the account has now. */
    worsens: z.boolean(),
    /** Whether any figure of the account changes. */
    touches: z.boolean(),
    /** Health of each line now and then. */
    lines: z.array(z.object({ name: z.string(), before: Decimal.optional(), after: Decimal.optional() })),
  })
  .register(contract, { id: "ComingChange" });
export type ComingChange = z.infer<typeof ComingChange>;
