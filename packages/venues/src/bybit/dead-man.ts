import type { DeadMan } from "@plimsoll/core/book";
import { why } from "@plimsoll/core/units";
import * as z from "zod";
import { type Client, WEIGHT, wireOf } from "./transport.ts";

const Answer = z.object({
  retCode: z.literal(0),
  result: z.object({
    dcpInfos: z.array(z.object({ product: z.string(), dcpStatus: z.string(), timeWindow: z.string() })),
  }),
});

/**
 * Reads whether the venue cancels derivative orders after a disconnection. It is set up by an account manager; where it is not, the
 * list is empty. Any status but a plain OFF counts as armed.
 * @source GET /v5/account/query-dcp-info, bybit-exchange.github.io/docs/v5/account/dcp-info
 */
export function readDeadMan(raw: unknown): DeadMan {
  const parsed = Answer.safeParse(raw);
  if (!parsed.success) return unread(z.prettifyError(parsed.error));
  const ours = parsed.data.result.dcpInfos.find(({ product }) => product === "DERIVATIVES");
  if (ours === undefined || ours.dcpStatus === "OFF") return { is: "off" };
  return { is: "armed", detail: `cancels derivative orders ${ours.timeWindow} s after the stream breaks off` };
}

const unread = (detail: string): DeadMan => ({
  is: "unknown",
  why: why("bybit/dead-man-unknown", { detail, next: "ask on the venue's page whether disconnection cancels orders" }),
});

/** Asks the venue; sends nothing else. */
export async function askDeadMan(client: Client): Promise<DeadMan> {
  const cost = { weight: WEIGHT.private, purpose: "read" } as const;
  const answer = await wireOf(client).call((each) => each.privateGetV5AccountQueryDcpInfo(), cost);
  return answer.ok ? readDeadMan(answer.value) : unread(answer.failure.message);
}
