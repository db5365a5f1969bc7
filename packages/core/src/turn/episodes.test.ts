import { type Hash, ms, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type Episodes, calm, lasting, raise } from "./episodes.ts";

const hashOf = (value: unknown) => JSON.stringify(value) as Hash;
const raised = (episodes: Episodes, minute: number, danger: "watch" | "act" | "danger", identity = "desk/level") =>
  raise(
    episodes,
    identity,
    { danger, because: why("health", { health: `${minute}` }), now: ms(minute * 60_000) },
    hashOf,
  ).length;

test("an episode is told at its first and when it gets worse; it says first, worst and last, and ends after an hour away", () => {
  const episodes: Episodes = new Map();
  expect([raised(episodes, 1, "act"), raised(episodes, 2, "danger"), raised(episodes, 3, "watch")]).toEqual([1, 1, 0]);
  raised(episodes, 3, "watch", "desk/blind");
  const [worst, other] = lasting(episodes, ms(62 * 60_000));
  expect(worst).toMatchObject({
    identity: "desk/level",
    first: 60_000,
    worst: "danger",
    seen: 180_000,
    danger: "watch",
  });
  expect([worst?.because.facts, other?.identity]).toEqual([{ health: "3" }, "desk/blind"]);
  expect(lasting(episodes, ms(63 * 60_000))).toEqual([]);
  calm(episodes, "desk/level", ms(63 * 60_000));
  expect(raised(episodes, 64, "watch")).toBe(1);
  expect(lasting(episodes, ms(64 * 60_000))).toMatchObject([{ first: 64 * 60_000, worst: "watch" }]);
});
