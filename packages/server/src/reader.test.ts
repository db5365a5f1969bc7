import type { Frame } from "@plimsoll/server/contract";
import { START, scriptedSource } from "@plimsoll/server/testing";
import { readScenery, viewMoment } from "@plimsoll/server/view";
import { expect, test } from "vitest";
import { openReader } from "./reader.ts";

const pulse = { session: "s", at: viewMoment(START), quietMs: 0 };
const delta = (seq: number) => ({ type: "delta" as const, ...pulse, seq, change: { accounts: [], activity: [] } });
const heartbeat = (seq: number) => ({ type: "heartbeat" as const, ...pulse, seq });

test("after the first drop nothing is sent until the reader was told and has a snapshot", async () => {
  const scenery = await readScenery(scriptedSource());
  const sent: string[] = [];
  const socket = {
    bufferedAmount: 0,
    send: (text: string) => void sent.push((JSON.parse(text) as Frame).type),
    close: () => {},
  };
  const snapshot: Frame = { type: "snapshot", ...pulse, seq: 4, staleAfterMs: 1, heartbeatMs: 1, scenery };
  const reader = openReader(socket, 100, () => snapshot);
  reader.delta(delta(1));
  socket.bufferedAmount = 101;
  reader.delta(delta(2));
  reader.heartbeat(heartbeat(2));
  socket.bufferedAmount = 0; // drained, but delta 2 is missing: delta 3 alone would be a gap
  reader.delta(delta(3));
  expect(sent).toEqual(["delta"]);
  reader.heartbeat(heartbeat(4));
  reader.delta(delta(5));
  reader.heartbeat(heartbeat(5));
  expect(sent).toEqual(["delta", "dropped", "snapshot", "delta", "heartbeat"]);
});
