import type { Result, Why } from "@plimsoll/core/units";
import * as z from "zod";
import { RAY, WAD } from "./fixed-point.ts";
import { above, read, unsigned } from "./read-holding.ts";
import type { SkyTerms } from "./terms.ts";

const text = z.string().min(1);
const factor = above.refine((cut) => cut <= RAY, "a price only falls: at most one");
const Fall = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("linear"), tau: above }),
  z.object({ kind: z.literal("stairstep"), step: above, cut: factor }),
  z.object({ kind: z.literal("exponential"), cut: factor }),
]);

const IlkTerms = z.object({
  ilk: text,
  asset: text,
  decimals: z.number().int().min(0).max(18),
  delay: unsigned,
  mat: unsigned.refine((mat) => mat >= RAY, "a liquidation ratio is at least one"),
  dust: unsigned,
  chop: unsigned.refine((chop) => chop >= WAD, "one plus a penalty is at least one"),
  hole: unsigned,
  feeMost: z.union([z.literal("unknown"), above.refine((fee) => fee >= RAY, "one plus a fee is at least one")]),
  auction: z.object({ buf: above, tail: unsigned, cusp: unsigned, tip: unsigned, chip: unsigned, fall: Fall }),
});

const Terms = z.object({
  market: text,
  chainId: z.number().int().nonnegative(),
  stable: text,
  par: above,
  hole: unsigned,
  flash: z.object({ most: unsigned, toll: unsigned }),
  ilks: z
    .array(IlkTerms)
    .min(1)
    .refine((ilks) => new Set(ilks.map(({ ilk }) => ilk)).size === ilks.length, "a vault type stands twice"),
  completeness: text,
});

/** A terms document's body from our own memory or our own JSON. */
export const readSkyTerms = (raw: unknown): Result<SkyTerms, Why> => read("terms", Terms, raw);
