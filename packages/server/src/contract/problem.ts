import * as z from "zod";
import { contract } from "./registry.ts";

/** An error as application/problem+json (RFC 9457), with a stable code and what to do next. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    next: z.string(),
    /** The numbers that decided. */
    facts: z.record(z.string(), z.string()).optional(),
  })
  .register(contract, { id: "Problem" });
export type Problem = z.infer<typeof Problem>;

export const Live = z.object({ status: z.literal("live"), version: z.string() }).register(contract, { id: "Live" });
/** Ready means: the source speaks, and there is an account, and none is unknown or stale. */
export const Ready = z
  .object({ ready: z.boolean(), quietMs: z.int().min(0), unknown: z.int(), stale: z.int(), unprotected: z.int() })
  .register(contract, { id: "Ready" });
