import { type Hex, decodeEventLog, encodeFunctionData, toEventSelector } from "viem";
import { guardianAbi } from "./bindings/index.ts";
import type { Policy } from "./policy.ts";
import type { Rescue } from "./propose-rescue.ts";

/** A policy that was armed once; whether it still is, `stateOf` of the contract says. */
export interface Armed {
  readonly id: Hex;
  readonly policy: Policy;
}

interface Log {
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

const armed = guardianAbi.find((entry) => entry.type === "event" && entry.name === "Armed");
/** First topic of the event that tells a policy, whole. */
export const armedTopic: Hex = toEventSelector(armed as Extract<typeof armed, { type: "event" }>);

/** The policies that a guardian's events tell, each once; what is not such an event is passed by. */
export function readArmed(logs: readonly Log[]): readonly Armed[] {
  const found = new Map<Hex, Policy>();
  for (const { topics, data } of logs) {
    if (topics[0] !== armedTopic) continue;
    const event = decodeEventLog({ abi: guardianAbi, topics: topics as [Hex, ...Hex[]], data });
    if (event.eventName === "Armed") found.set(event.args.id, event.args.policy);
  }
  return [...found].map(([id, policy]) => ({ id, policy }));
}

/** The call that carries a rescue out. */
export const rescueData = (policy: Policy, { by, debt, repay, sales }: Rescue): Hex =>
  by === "execute"
    ? encodeFunctionData({ abi: guardianAbi, functionName: "execute", args: [policy, debt, repay, sales] })
    : encodeFunctionData({ abi: guardianAbi, functionName: "repayFromReserve", args: [policy, debt, repay] });
