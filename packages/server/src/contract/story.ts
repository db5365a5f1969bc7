import * as z from "zod";
import { contract } from "./registry.ts";
import { Amount, Decimal, Moment, Share } from "./amount.ts";

/** What one run of the same market did to the same book. Figures come out of the journal. */
export const RunScore = z
  .object({
    guards: z.enum(["off", "on"]),
    state: z.enum(["waiting", "running", "finished"]),
    equityStart: Amount.optional(),
    equityNow: Amount.optional(),
    liquidations: z.int().min(0),
    actions: z.int().min(0),
    lowestHealth: Decimal.optional(),
  })
  .register(contract, { id: "RunScore" });
export type RunScore = z.infer<typeof RunScore>;

/** A demonstration or a drill as it runs: the same crash twice. */
export const Story = z
  .object({
    title: z.string(),
    phase: z.enum(["starting", "guards-off", "guards-on", "finished", "failed"]),
    /** Progress of the whole story, 0 to 1. */
    progress: Share,
    /** Time inside the story, and how many times faster than ours it runs. */
    clock: Moment,
    speed: Decimal,
    now: z.string(),
    runs: z.array(RunScore),
    /** The last sentence, of figures; present when finished. */
    sentence: z.string().optional(),
  })
  .register(contract, { id: "Story" });
export type Story = z.infer<typeof Story>;

/** The signed file that proves the record, and the command that checks it. */
export const Evidence = z
  .discriminatedUnion("is", [
    z.object({ is: z.literal("none"), why: z.string() }),
    z.object({
      is: z.literal("ready"),
      file: z.string(),
      sha256: z.string(),
      key: z.string(),
      entries: z.int(),
      verify: z.string(),
    }),
  ])
  .register(contract, { id: "Evidence" });
export type Evidence = z.infer<typeof Evidence>;
