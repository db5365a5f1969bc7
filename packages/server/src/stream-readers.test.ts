import { ms } from "@plimsoll/core/units";
import { streamProtocol } from "@plimsoll/server/contract";
import { START, sampleBook } from "@plimsoll/server/testing";
import type { LiveSource } from "@plimsoll/server/view";
import { expect, test } from "vitest";
import { RunningServer, pace } from "./testing/running-server.ts";

const running = new RunningServer();

test("a reader gets a snapshot, then deltas in sequence, then heartbeats with the silence of the source", async () => {
  const reader = running.listen();
  const first = await reader.next("snapshot");
  expect(first.scenery.book.accounts.map(({ danger }) => danger)).toEqual([
    "danger",
    "unknown",
    "act",
    "watch",
    "safe",
    "safe",
  ]);
  running.source.play({ book: sampleBook(ms(START + 1_000)) });
  const delta = await reader.next("delta");
  expect([delta.seq, delta.change.head?.at.ms]).toEqual([first.seq + 1, START + 1_000]);
  running.source.play({
    happening: {
      is: "alert",
      danger: "act",
      why: {
        code: "distance",
        facts: {
          price: "aave-v3:ethereum:WETH:oracle",
          share: "0.14",
          way: "fall",
          watch: "0.45",
          act: "0.225",
          danger: "0.15",
        },
      },
    },
  });
  expect((await reader.next("delta")).change.activity).toMatchObject([
    {
      title: "Danger: act",
      because: ["a fall of WETH oracle by 14.00% takes it; watch at 45%, act at 22.5%, danger at 15%"],
    },
  ]);
  const [one, two] = [await reader.next("heartbeat"), await reader.next("heartbeat")];
  expect(two.quietMs).toBeGreaterThan(one.quietMs);
  expect(reader.socket.protocol).toBe(streamProtocol);
  reader.socket.close();
});

test("a source that changes nothing sends nothing", async () => {
  const reader = running.listen();
  await reader.next("snapshot");
  running.source.play({});
  await reader.next("heartbeat");
  await reader.next("heartbeat");
  expect(reader.frames.filter(({ type }) => type === "delta")).toEqual([]);
  reader.socket.close();
});

test("what changes while the source is being read is not lost", async () => {
  const entered = new Set<() => void>();
  const slow: LiveSource = {
    ...running.source,
    activity: async (query) => {
      const answer = await running.source.activity(query);
      for (const enter of entered) enter();
      await new Promise((resolve) => setTimeout(resolve, 30));
      return answer;
    },
  };
  await running.start({ source: slow });
  const reader = running.listen();
  await reader.next("snapshot");
  running.source.play({ happening: { is: "note", text: "first" } });
  await new Promise<void>((resolve) => entered.add(resolve));
  running.source.play({ happening: { is: "note", text: "meanwhile" } });
  expect((await reader.next("delta")).change.activity.map(({ title }) => title)).toEqual(["first"]);
  expect((await reader.next("delta")).change.activity.map(({ title }) => title)).toEqual(["meanwhile"]);
  reader.socket.close();
});

/** Plays one change and waits until it was published. */
async function publish(reader: ReturnType<RunningServer["listen"]>, n: number): Promise<void> {
  running.source.play({ happening: { is: "note", text: `n${n}` } });
  await reader.next("delta");
}

test("a reader that comes back gets exactly what it missed; with an old place or another session a snapshot", async () => {
  const stays = running.listen();
  const { session, seq } = await stays.next("snapshot");
  for (let n = 1; n <= 6; n++) await publish(stays, n);
  const resumed = running.listen({ query: `?session=${session}&after=${seq + 3}` });
  await resumed.next("heartbeat");
  const missed = resumed.frames.filter((frame) => frame.type === "delta");
  expect(missed.map((frame) => [frame.seq, frame.change.activity[0]?.title])).toEqual([
    [4, "n4"],
    [5, "n5"],
    [6, "n6"],
  ]);
  expect(resumed.frames.some(({ type }) => type === "snapshot")).toBe(false);
  for (const query of [
    `?session=${session}&after=${seq + 1}`,
    `?session=other&after=${seq + 5}`,
    `?session=${session}&after=99`,
  ]) {
    const other = running.listen({ query });
    expect((await other.next("snapshot")).scenery.activity[0]?.title).toBe("n6");
    expect(other.frames[0]?.type).toBe("snapshot");
    other.socket.close();
  }
  stays.socket.close();
  resumed.socket.close();
});

test("a reader that is too slow is told how many deltas it missed and gets a snapshot", async () => {
  await running.start({ pace: { ...pace, maxWaiting: 50_000 } });
  const slow = running.listen();
  const quick = running.listen();
  await Promise.all([slow.next("snapshot"), quick.next("snapshot")]);
  const { _socket: wire } = slow.socket as unknown as { _socket: { pause(): void; resume(): void } };
  wire.pause();
  const before = slow.frames.filter(({ type }) => type === "delta").length;
  for (let n = 1; n <= 25; n++)
    await publish(quick, n).then(() => running.source.play({ happening: { is: "note", text: "x".repeat(500_000) } }));
  await quick.next("delta");
  wire.resume();
  const { frames: dropped, seq } = await slow.next("dropped");
  const snapshot = await slow.next("snapshot");
  const got = slow.frames.filter(({ type }) => type === "delta").length - before;
  expect(dropped).toBeGreaterThan(0);
  expect(got + dropped).toBe(seq);
  expect(snapshot.seq).toBeGreaterThanOrEqual(seq);
  slow.socket.close();
  quick.socket.close();
}, 30_000);
