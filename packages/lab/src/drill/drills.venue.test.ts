import { createHash } from "node:crypto";
import { dec } from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import { describe, expect, test } from "vitest";
import {
  type Drill,
  type DrillResult,
  type Variant,
  asWritten,
  brokenMusts,
  differences,
  mirrored,
  multiplied,
  outcomesOf,
  readDrillFile,
  readOutcomes,
  runDrill,
  shippedDrills,
} from "@plimsoll/lab/drill";

const ports = { engineOf, sha256: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest() };

const drills: readonly Drill[] = shippedDrills().map((path) => {
  const read = readDrillFile(path);
  if (!read.ok) throw new Error(read.failure.facts["detail"]);
  return read.value;
});
const drillOf = (id: string): Drill => drills.find((each) => each.id === id)!;

function play(variant: Variant) {
  const result = runDrill(variant, ports);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
const recorded = readOutcomes();

/** What is not as recorded, and how to accept it. */
function changed(result: DrillResult, options: string): readonly string[] {
  const found = differences(recorded, outcomesOf([result]));
  return found.length === 0 ? [] : [...found, `accept with: plimsoll drill ${options} --write`];
}

/** The ten that every release must pass, by the event. */
const starred = [
  "2020-03-12",
  "2021-05-19",
  "2022-06",
  "2022-11",
  "2023-03",
  "2024-08-05",
  "2025-02-03",
  "2025-10-10",
  "2026-03-10",
  "2026-04-18",
];

test("the ten starred drills are here", () => {
  expect(starred.filter((event) => !drills.some(({ id }) => id.startsWith(event)))).toEqual([]);
});

describe.each(drills.map((drill) => [drill.id, drill] as const))("%s", (_id, drill) => {
  test("with guards off and on, each set comes to what it must and what is recorded", () => {
    const result = play(asWritten(drill));
    expect(brokenMusts(result)).toEqual([]);
    expect(result.shown.filter(({ is }) => is === "not-seen")).toEqual([]);
    expect(changed(result, "--all")).toEqual([]);
  });

  test("the other side of it is as recorded", () => {
    const result = play(mirrored(drill));
    expect(differences(recorded, outcomesOf([result])), "accept with: plimsoll drill --all --mirror --write").toEqual(
      [],
    );
  });

  test.each(["1.25", "1.5"])("x%s as far is as recorded", (factor) => {
    const result = play(multiplied(asWritten(drill), dec(factor)));
    expect(changed(result, `--all --multiply ${factor}`)).toEqual([]);
  });

  test("has a guard set that must die or misfire, and says what is assumed", () => {
    expect(drill.guardSets.some(({ must }) => must === "die" || must === "misfire")).toBe(true);
    expect(drill.guardSets.some(({ must }) => must === "survive")).toBe(true);
  });
});

test("the same drill twice is the same to the last digit", () => {
  const once = play(asWritten(drillOf("2021-05-19")));
  expect(play(asWritten(drillOf("2021-05-19")))).toEqual(once);
});

test("without deleveraging the pair of October 2025 lives: it is the lost leg that kills it", () => {
  const drill = drillOf("2025-10-10");
  const spared = { ...drill, guardSets: [], channels: drill.channels.filter(({ channel }) => channel !== "adl") };
  const fates = (result: ReturnType<typeof play>) =>
    result.sets[0]!.accounts.find(({ account }) => account === "hedge")?.fate;
  expect([fates(play(asWritten(drill))), fates(play(asWritten(spared)))]).toEqual(["died", "survived"]);
});

test("a halt that keeps what lies there spares the straddle of March 2020: it is the lost stop that kills it", () => {
  const drill = drillOf("2020-03-12-covid");
  const channels = drill.channels.map((channel) => {
    if (channel.channel !== "venue") return channel;
    const { cancels: _cancels, ...kept } = channel;
    return kept;
  });
  const guardSets = drill.guardSets.filter(({ name }) => name === "a stop alone, near the liquidation");
  const [, set] = play(asWritten({ ...drill, channels, guardSets, shows: [] })).sets;
  expect(set!.accounts.map(({ account, fate }) => [account, fate])).toEqual([["straddle", "survived"]]);
});

test("one minute later is another outcome, and the difference says which", () => {
  const drill = drillOf("2021-05-19");
  const channels = drill.channels.filter(({ channel }) => channel !== "venue");
  const open = play(asWritten({ ...drill, channels }));
  expect(differences(recorded, outcomesOf([open]))).toContain(
    "2021-05-19, five minutes of confirmation, long: fate was died, is survived",
  );
  expect(brokenMusts(open)).toEqual(["2021-05-19, five minutes of confirmation: long must die and survived"]);
});
