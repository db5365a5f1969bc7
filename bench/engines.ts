// oxlint-disable import/no-relative-parent-imports -- the books are the examples', read as `plimsoll check` reads them
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type BoundEngine, type FlatForm, type Scene, evaluateFlat, flatten, readQuotes } from "@plimsoll/core/margin";
import type { Holding } from "@plimsoll/core/book";
import { type AccountKey, ms } from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import { sceneOf } from "../examples/scene-of.ts";
import { readBookFile } from "../packages/cli/src/files/book-file.ts";
import { type Prepare, agree } from "./row.ts";

const NOW = ms(Date.UTC(2026, 10, 22, 12));
const folder = join(import.meta.dirname, "..", "examples");

/** One account of an example with its maintenance form, where it has one. */
interface Subject {
  readonly engine: BoundEngine;
  readonly holding: Holding;
  readonly scene: Scene<unknown>;
  readonly account: AccountKey;
  readonly flat: FlatForm;
  readonly quotes: Float64Array;
}

/** Every venue's engine and forms, on the accounts of the examples. */
export const prepareEngines: Prepare = async (quick) => {
  const venues = new Map<string, Subject[]>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml") && name !== "plimsoll.yaml"))
    for (const subject of subjectsIn(file)) {
      const all = venues.get(subject.holding.venue) ?? [];
      venues.set(subject.holding.venue, [...all, subject]);
    }
  const sorted = [...venues].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const contenders = sorted.flatMap(([venue, subjects]) => [
    timed(`${venue} assess`, subjects, quick ? 1 : 20_000, assessed),
    timed(`${venue} form`, subjects, quick ? 1 : 20_000, ({ flat, quotes }) => evaluateFlat(flat, quotes).need),
  ]);
  return {
    question: "every venue's engine and its compiled maintenance form, over the accounts of the examples",
    unit: "account",
    clock: "processor",
    contenders,
    ratios: sorted.map(([venue]) => [`${venue} form`, `${venue} assess`] as const),
    checked: [
      `${sorted.map(([venue, subjects]) => `${venue} ${subjects.length}`).join(", ")} accounts: form and engine agree on which side of the line`,
    ],
  };
};

function* subjectsIn(file: string): Generator<Subject> {
  const book = readBookFile(join(folder, file), NOW);
  if (!book.ok) throw new Error(`${file}: ${JSON.stringify(book.failure)}`);
  for (const event of book.value.events) {
    if (event.type !== "holding") continue;
    const { holding, scene } = sceneOf(book.value.events, event.holding.id, book.value.at);
    const engine = engineOf(holding.venue, holding.rules);
    if (engine === undefined) throw new Error(`${file}: no engine for ${holding.venue} ${holding.rules}`);
    for (const account of engine.accounts(holding)) {
      const compiled = engine.compile(holding, account, scene, "maintenance");
      if (!("form" in compiled)) continue;
      const quotes = readQuotes(compiled.form, scene);
      if (!quotes.ok) throw new Error(`${file}: ${quotes.failure.code}`);
      const subject = { engine, holding, scene, account, flat: flatten(compiled.form), quotes: quotes.value };
      const { have, need } = evaluateFlat(subject.flat, subject.quotes);
      agree(have < need === assessed(subject) < 0, `${file} ${account}: the form has ${have}, needs ${need}`);
      yield subject;
    }
  }
}

const assessed = ({ engine, holding, scene, account }: Subject): number =>
  Number(engine.assess(holding, account, scene).lines.find(({ name }) => name === "maintenance")!.surplus.digits);

/** As many repeats as fill about this many microseconds, found by one trial: what takes longer says no more. */
function timed(name: string, subjects: readonly Subject[], micros: number, of: (one: Subject) => number) {
  const once = () => subjects.reduce((sum, one) => sum + of(one), 0);
  for (let i = 0; i < 50; i++) once();
  const from = performance.now();
  for (let i = 0; i < 20; i++) once();
  const repeats = Math.max(1, Math.round((20 * micros) / Math.max(1, (performance.now() - from) * 1_000)));
  return {
    name,
    units: repeats * subjects.length,
    run: () => {
      let sum = 0;
      for (let i = 0; i < repeats; i++) sum += once();
      return sum;
    },
  };
}
