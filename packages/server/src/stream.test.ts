import { sampleBook, scriptedSource } from "@plimsoll/server/testing";
import { expect, test } from "vitest";
import { openStream, usualPace } from "./stream.ts";

test("what protects the accounts is worked out once in a while, not with every change", async () => {
  let [clock, asked] = [0, 0];
  const source = scriptedSource();
  const coverage = () => {
    asked += 1;
    return source.coverage();
  };
  const pace = { ...usualPace, everyMs: 1, coverEveryMs: 1_000 };
  const stream = await openStream(
    { ...source, coverage },
    pace,
    () => clock,
    (error) => expect.fail(String(error)),
  );
  const changeAt = async (at: number) => {
    const before = stream.latest().scenery;
    clock = at;
    source.play({ book: sampleBook() });
    await expect.poll(() => stream.latest().scenery, { interval: 2 }).not.toBe(before);
    return asked;
  };
  expect([await changeAt(1), await changeAt(999), await changeAt(1_000), await changeAt(1_500)]).toEqual([1, 1, 2, 2]);
  stream.stop();
});
