import type { Hastened, Reply } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  assetId,
  fail,
  holdingId,
  ok,
  readCanonical,
  why,
} from "@plimsoll/core/units";
import * as z from "zod";
import type { SignerRules } from "./rules.ts";
import type { Answer, Spent } from "./signer.ts";

const reason = z.strictObject({ code: z.string(), facts: z.record(z.string(), z.string()) });
const figure: z.ZodType<Exact> = z.strictObject({ digits: z.bigint(), scale: z.int() });
const prepared = z.strictObject({ reference: z.string(), wire: z.string(), seal: z.string() });
const failed = z.strictObject({ ok: z.literal(false), failure: reason });

const reply: z.ZodType<Reply> = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("accepted") }),
  z.strictObject({ is: z.literal("partly"), done: figure, left: figure }),
  z.strictObject({
    is: z.literal("done"),
    flows: z.array(z.strictObject({ asset: z.string().transform(assetId), amount: figure })),
  }),
  z.strictObject({
    is: z.literal("refused"),
    why: reason,
    remedy: z.enum(["band", "reread", "wait"]).exactOptional(),
    edge: figure.exactOptional(),
  }),
  z.strictObject({ is: z.literal("expired"), why: reason, done: figure.exactOptional() }),
  z.strictObject({ is: z.literal("not-found") }),
  z.strictObject({ is: z.literal("ambiguous"), why: reason }),
]);
const hastened: z.ZodType<Hastened> = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("waits") }),
  z.strictObject({ is: z.literal("sent-again"), facts: z.record(z.string(), z.string()) }),
  z.strictObject({ is: z.literal("at-its-bounds"), why: reason }),
]);
const rules: z.ZodType<SignerRules> = z.strictObject({
  holding: z.string().transform(holdingId),
  instruments: z.array(z.string()),
  assets: z.array(z.strictObject({ asset: z.string(), perDay: figure })),
  hedges: z.array(z.strictObject({ instrument: z.string(), perDay: figure })),
});
const spent: z.ZodType<Spent> = z.strictObject({ what: z.string(), amount: figure });

const id = z.int();
const answer: z.ZodType<Answer> = z.union([
  z.strictObject({ id, prepared: z.union([z.strictObject({ ok: z.literal(true), value: prepared }), failed]) }),
  z.strictObject({ id, reply }),
  z.strictObject({ id, hastened }),
  z.strictObject({ id, rules, spent: z.array(spent) }),
  z.strictObject({ id, refused: reason }),
]);

/** What a signer of another version says. */
export const muddled = why("signer/muddled", {
  next: "signer and keeper are of different versions: start both from one",
});

/**
 * Reads the line of a signer, and which request it answers.
 * @returns undefined where it answers none; failure `signer/muddled` for words that this keeper does not know.
 */
export function readAnswer(line: string): { readonly id: number; readonly answer: Result<Answer, Why> } | undefined {
  const raw = parsed(line);
  const read = answer.safeParse(raw);
  if (read.success) return { id: read.data.id, answer: ok(read.data) };
  const asked = z.object({ id }).safeParse(raw);
  return asked.success ? { id: asked.data.id, answer: fail(muddled) } : undefined;
}

function parsed(line: string): unknown {
  try {
    return readCanonical(line);
  } catch {
    return undefined;
  }
}
