import { createHash } from "node:crypto";
import { type Drill, type DrillResult, asWritten, readDrill, runDrill } from "@plimsoll/lab/drill";
import { readSource } from "@plimsoll/lab/source";
import { engineOf } from "@plimsoll/venues";

export const ports = { engineOf, sha256: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest() };

/** A drill from 07:00 to 09:00 over these channels; without guards of its own it watches what nobody guards. */
export function drillOf(account: string, channels: readonly string[], more = ""): Drill {
  const guard = `{ id: none, scope: { holding: ${/name: (\w+)/.exec(account)![1]} }, trigger: { when: health, line: maintenance, below: 1.01, release: 1.02, urgent: 1.001 },
    target: { want: health, at: 1.5 }, ladder: [{ use: repay, asset: USDC, most: 1 }] }`;
  const text = `
plimsoll: drill/1
id: small
title: small
from: 2026-01-05T07:00:00Z
to: 2026-01-05T09:00:00Z
sources: {}
channels: [${channels.join(", ")}]
accounts: [${account}]
${more || `guardSets: [{ name: idle, guards: [${guard}] }]`}
`;
  const file = readSource("small.yaml", text.replaceAll(/\n {2,}/g, " "));
  if (!file.ok) throw new Error(file.failure.facts["detail"]);
  const read = readDrill(file.value);
  if (!read.ok) throw new Error(read.failure.facts["detail"]);
  return read.value;
}
/** @throws what the drill is refused for. */
export function play(drill: Drill, variant = asWritten(drill)): DrillResult {
  const result = runDrill(variant, ports);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
