import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BookEvent } from "@plimsoll/core/book";
import { type Guard, triggers } from "@plimsoll/core/policy";
import { dec, holdingId, ms } from "@plimsoll/core/units";
import { type RehearsalMoment, type RehearsalStep, type PriceWay, defaultWay, priceWay, rehearse } from "@plimsoll/lab";
import { engineOf } from "@plimsoll/venues";
import { afterAll, expect, test } from "vitest";
import { readBookFile } from "./files/book-file.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-guards-"));
afterAll(() => rmSync(folder, { recursive: true }));
const ports = { engineOf, sha256: (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()) };

const page = readFileSync(join(import.meta.dirname, "../../../docs/guards.md"), "utf8");
const [accounts = "", ...examples] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml!);

/** A book of the page, with guards under it, by the reader that people's files go through. */
function bookOf(example: string, book = accounts) {
  const file = join(folder, "book.yaml");
  writeFileSync(file, `${book}guards:${example === "" ? " []" : `\n${example}`}`);
  const read = readBookFile(file, ms(0));
  if (!read.ok) throw new Error(read.failure.facts["detail"]);
  return read.value;
}

const fine: PriceWay = { ...defaultWay, low: dec("0.980"), high: dec("1.060"), step: dec("0.001") };
const loss: BookEvent = {
  ...{ type: "effect", holding: holdingId("desk"), effect: { was: "liquidation", body: null }, text: "", at: ms(0) },
  ...{ taken: [], fee: [] },
};
const minute = ms(60_000);

/** Paths of the guards that prices alone do not move, or only in small steps. */
const paths: Readonly<Record<string, (guard: Guard, start: readonly BookEvent[]) => readonly RehearsalStep[]>> = {
  "too-dear-to-hold": (guard, start) => priceWay(guard, start, fine),
  "a-month-left": (guard, start) => priceWay(guard, start, fine),
  "dollar-off-its-peg": (guard, start) => priceWay(guard, start, fine),
  "three-strikes": () => [
    ...["the first loss", "the second loss", "the third loss"].map((note) => ({
      afterMs: minute,
      note,
      events: [loss],
    })),
    { afterMs: ms(25 * 60 * 60_000), note: "a day later", events: [] },
  ],
  "trail-the-short": (guard, start) => priceWay(guard, start, { ...defaultWay, low: dec("1.00"), high: dec("1.20") }),
  "both-legs-or-none": () => taken("half"),
  "even-pair": () => taken("half"),
  "hedge-again": () => taken("a tenth"),
  "not-all-in-one-place": () => taken("half"),
};

const left = { half: "0.5", "a tenth": "0.9" };

/** A part of the hedge is gone, and comes back. */
function taken(part: keyof typeof left): readonly RehearsalStep[] {
  const isLeg = (event: BookEvent) => event.type === "holding" && event.holding.id === "hedge";
  const book = accounts.replace("side: short, size: 1,", `side: short, size: ${left[part]},`);
  const [less, whole] = [bookOf("", book), bookOf("")].map(({ events }) => events.filter(isLeg));
  return [
    { afterMs: minute, note: `${part} of the hedge gone`, events: less! },
    { afterMs: minute, note: "the hedge being back", events: whole! },
  ];
}
const usual: PriceWay = { ...defaultWay, low: dec("0.70"), high: dec("1.30") };

/** The line of the page for one guard: the first time it fired or spoke, and when it was ready again after it. */
function lineOf(guard: Guard, moments: readonly RehearsalMoment[]): string {
  const first = moments.find(
    ({ what, because }) => what === "fires" || (what === "says" && because.startsWith("guard-")),
  );
  if (first === undefined) {
    const blind = moments.find(({ what }) => what === "blind");
    return `> **Rehearsed** ${guard.name}: ${blind === undefined ? "never fires" : `blind, ${blind.because}`}.`;
  }
  const over = moments.slice(moments.indexOf(first)).find(({ what }) => what === "releases");
  const because = first.because.replace(/^guard-\w+, guard [^,]+, account [^,]+, because /, "");
  const again = over === undefined ? "not ready again on the way" : `ready again at ${over.note}`;
  return `> **Rehearsed** ${guard.name}: at ${first.note.replace(/, held .*/, "")} ${because}; ${again.replace(/, held .*/, "")}.`;
}

test("the page shows every type of trigger", () => {
  const shown = new Set(examples.flatMap((example) => bookOf(example).guards.map(({ trigger }) => trigger.when)));
  expect([...shown].toSorted()).toEqual(Object.keys(triggers).toSorted());
});

test.each(examples.map((example) => [/name: (.*)/.exec(example)![1]!, example] as const))(
  "the example %s is read, rehearsed, and does what the page says",
  (_name, example) => {
    const { guards, events } = bookOf(example);
    const lines = guards.map((guard) => {
      const played = rehearse(
        guard,
        events,
        ports,
        (paths[guard.id] ?? ((one, start) => priceWay(one, start, usual)))(guard, events),
      );
      if (!played.ok) throw new Error(JSON.stringify(played.failure));
      return lineOf(guard, played.value.moments);
    });
    const after = page.slice(page.indexOf(example) + example.length).replace(/^```\n\n?/, "");
    const said = after
      .split("\n\n")[0]!
      .split("\n")
      .filter((line) => line.startsWith("> **Rehearsed**"));
    expect(said).toEqual(lines);
  },
);
