import { ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { Sequence, certainSkewMs, checkClock } from "./index.ts";

test.each([
  ["the venue's time lies between sending and receiving", 1_000, 1_050, 1_100, 0],
  ["a slow way there and back hides what may be skew", 1_000, 1_900, 2_000, 0],
  ["the venue is ahead of the answer's arrival", 1_000, 1_400, 1_100, 300],
  ["the venue is behind the question's start", 1_000, 200, 1_100, 800],
])("%s", (_, sent, venue, received, skewMs) => {
  expect(certainSkewMs({ sent, venue: ms(venue), received })).toBe(skewMs);
});

test.each([
  [250, undefined, undefined],
  [251, "v/clock-skew", undefined],
  [1_000, "v/clock-skew", undefined],
  [1_001, undefined, "v/clock-skew"],
])("%s ms apart: warning %s, failure %s", (skewMs, warning, failure) => {
  const checked = checkClock("v", { sent: 5_000, venue: ms(5_000 + skewMs), received: 5_000 });
  expect(checked.ok ? checked.value.warning?.code : undefined).toBe(warning);
  expect(checked.ok ? undefined : checked.failure.code).toBe(failure);
});

test("a channel's numbers that jump are a gap, each channel by itself", () => {
  const sequence = new Sequence("v");
  expect(sequence.missed("a", 7)).toBeUndefined();
  expect(sequence.missed("b", 1)).toBeUndefined();
  expect(sequence.missed("a", 9, 7)).toBeUndefined();
  expect(sequence.missed("a", 12, 11)?.facts).toMatchObject({ channel: "a", last: "9", current: "12" });
  expect(sequence.missed("a", 13, 12)).toBeUndefined();
  expect(sequence.missed("b", 5)).toBeUndefined();
  expect(sequence.missed("b", 4)?.code).toBe("v/sequence-gap");
});
