import { type HoldingId, type Result, type Why, fail, ok } from "@plimsoll/core/units";
import type { SignerRules } from "./rules.ts";
import type { Spent } from "./signer.ts";
import { muddled } from "./read-answer.ts";
import { SignerLine } from "./signer-line.ts";

/** What a signer may sign for a holding, and what of its day's limits is taken. */
export interface SignedFor {
  readonly rules: SignerRules;
  readonly spent: readonly Spent[];
}

/** Asks the signer at a socket what it signs for a holding. @returns failures `signer/away`, `signer/no-such-holding`. */
export async function askRules(socket: string, holding: HoldingId): Promise<Result<SignedFor, Why>> {
  const line = new SignerLine(socket, 0);
  try {
    const heard = await line.ask({ call: "rules", holding });
    if (!heard.ok) return fail(heard.failure.why);
    const answer = heard.value;
    if ("refused" in answer) return fail(answer.refused);
    return "rules" in answer ? ok({ rules: answer.rules, spent: answer.spent }) : fail(muddled);
  } finally {
    await line.close();
  }
}
