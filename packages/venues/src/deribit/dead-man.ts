import type { DeadMan } from "@plimsoll/core/book";
import { why } from "@plimsoll/core/units";
import * as z from "zod";
import { type Client, wireOf } from "./transport.ts";

const Answer = z.object({ result: z.object({ scope: z.literal("account"), enabled: z.boolean() }) });

/**
 * Reads whether every new connection of the account starts with cancel-on-disconnect.
 * @source private/get_cancel_on_disconnect and private/enable_cancel_on_disconnect, docs.deribit.com: it takes the orders that were
 *   placed over the connection that ends
 */
export function readDeadMan(raw: unknown): DeadMan {
  const parsed = Answer.safeParse(raw);
  if (!parsed.success) return unread(z.prettifyError(parsed.error));
  if (!parsed.data.result.enabled) return { is: "off" };
  return { is: "armed", detail: "cancels the orders of each connection when it ends" };
}

const unread = (detail: string): DeadMan => ({
  is: "unknown",
  why: why("deribit/dead-man-unknown", { detail, next: "see on the venue's page whether cancel on disconnect is on" }),
});

/** Asks the venue; sends nothing else. */
export async function askDeadMan(client: Client): Promise<DeadMan> {
  const cost = { weight: 1, purpose: "read" } as const;
  const answer = await wireOf(client).call((each) => each.privateGetGetCancelOnDisconnect({ scope: "account" }), cost);
  return answer.ok ? readDeadMan(answer.value) : unread(answer.failure.message);
}
