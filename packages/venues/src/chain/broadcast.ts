import type { PublicClient } from "viem";
import { complaint } from "./complaint.ts";
import type { Flight, Line } from "./line.ts";
import type { Signed } from "./message.ts";

export type Said = "taken" | "nonce-used" | "poor" | "blocked" | "unclear";
export interface Answer {
  readonly said: Said;
  readonly detail: string;
}

/** What nodes say, by client: geth, erigon, nethermind, reth, besu, anvil. */
const sayings: readonly (readonly [RegExp, Said])[] = [
  [/already (known|imported|exists)|known transaction/i, "taken"],
  [/nonce (is )?too low|old ?nonce/i, "nonce-used"],
  [/insufficient funds/i, "poor"],
  [/replacement|underpriced/i, "blocked"],
];

async function tell(client: PublicClient, { raw }: Signed): Promise<Answer> {
  try {
    await client.sendRawTransaction({ serializedTransaction: raw });
    return { said: "taken", detail: "" };
  } catch (error) {
    const detail = complaint(error);
    return { said: sayings.find(([words]) => words.test(detail))?.[1] ?? "unclear", detail };
  }
}

/** Whichever comes first of what several said: one who took it decides, and whoever was not understood may have taken it. */
const weight: readonly Said[] = ["taken", "unclear", "nonce-used", "poor", "blocked"];

/** Sends one transaction to every operator. */
export async function broadcast({ operators }: Line, signed: Signed): Promise<Answer> {
  const answers = await Promise.all(operators.map((each) => tell(each, signed)));
  return answers.toSorted((a, b) => weight.indexOf(a.said) - weight.indexOf(b.said))[0]!;
}

/** Sends one transaction to the relay while only that shall have it; to everybody once its time is over, or where it does not take it. */
export async function deliver(line: Line, flight: Flight, signed: Signed): Promise<Answer> {
  const { relay, now } = line;
  if (relay === undefined) return broadcast(line, signed);
  const until = (flight.privateUntil ??= relay.publicAfterMs === "never" ? Infinity : now() + relay.publicAfterMs);
  if (now() < until) {
    const answer = await tell(relay.client, signed);
    if (answer.said === "taken" || until === Infinity) return answer;
    flight.privateUntil = now();
  }
  flight.isPublic = true;
  return broadcast(line, signed);
}

/** Whether nobody but the relay was told. */
export const isPrivate = ({ relay, now }: Line, { privateUntil }: Flight): boolean =>
  relay !== undefined && privateUntil !== undefined && now() < privateUntil;
