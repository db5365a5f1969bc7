import type { Holding, HowKnown, TermsChange } from "@plimsoll/core/book";
import {
  type Assessment,
  type BoundEngine,
  type LineName,
  type Scene,
  boundariesAlone,
  readQuotes,
} from "@plimsoll/core/margin";
import { type AccountKey, type Exact, type Ms, type Why, canonical, why } from "@plimsoll/core/units";
import { type Danger, worse } from "./danger.ts";
import type { Prospect } from "./prospects.ts";
import { type Reaches, reachesOf } from "./reach.ts";
import { type Word, wordOf } from "./word.ts";

/** One account under rules that are coming, at the prices and with the position of now. */
export interface Foreseen {
  readonly at: Ms;
  readonly how: HowKnown;
  readonly source: string;
  readonly changes: readonly TermsChange[];
  readonly refused: readonly Why[];
  /** What comes with it and cannot be read: the word is then never better than unknown. */
  readonly unread: readonly string[];
  /** The word that it will get, and the number that decides it. */
  readonly danger: Danger;
  readonly because: Why;
  /** The health of each line now and then; a side is absent where the line is. */
  readonly lines: readonly { readonly name: LineName; readonly before?: Exact; readonly after?: Exact }[];
  /** Whether any figure of the account differs; a change of rules that it does not live by leaves it as it is. */
  readonly touches: boolean;
}

/**
 * Assesses an account under each prospect of its rules. Everything else stands still: a rate, a price or a position that changes
 * until then is not foreseen here.
 * @param scene the terms in force and the prices of now.
 */
export function foresee(
  engine: BoundEngine,
  holding: Holding,
  account: AccountKey,
  scene: Scene<unknown>,
  prospects: readonly Prospect[],
): readonly Foreseen[] {
  if (prospects.length === 0) return [];
  const before = engine.assess(holding, account, scene);
  return prospects.map((prospect): Foreseen => {
    const { at, how, source, changes, refused, unread, terms } = prospect;
    const known = { at, how, source, changes, refused, unread };
    const readable = engine.readable(holding, terms);
    if (!readable.ok)
      return { ...known, danger: "unknown", because: readable.failure, lines: linesOf(before), touches: true };
    const then = { ...scene, terms, quotes: quotesUnder(scene, prospect) };
    const after = engine.assess(holding, account, then);
    const touches = unread.length > 0 || canonical(figuresOf(before)) !== canonical(figuresOf(after));
    const word = wordUnder(engine, holding, account, then, after);
    const said =
      unread.length === 0 ? word : atLeastUnknown(word, why("rules-change-unread", { what: unread.join(", ") }));
    return { ...known, ...said, lines: linesOf(before, after), touches };
  });
}

/** The danger word of an account in a scene, whose data is taken as it is: how old it is, is not asked. */
function wordUnder(
  engine: BoundEngine,
  holding: Holding,
  account: AccountKey,
  scene: Scene<unknown>,
  assessment: Assessment,
): Word {
  const compiled = engine.compile(holding, account, scene, "maintenance");
  let reaches: Reaches = { moves: [], isLoop: false };
  if ("form" in compiled) {
    const quotes = readQuotes(compiled.form, scene);
    if (quotes.ok) reaches = reachesOf(compiled.form, quotes.value, boundariesAlone(compiled.form, quotes.value));
  }
  const word = wordOf({ assessment, reaches });
  return "unknown" in compiled ? atLeastUnknown(word, why("form-unknown", { detail: compiled.unknown })) : word;
}

const atLeastUnknown = (word: Word, because: Why): Word =>
  worse(word.danger, "unknown") === "unknown" ? { danger: "unknown", because } : word;

function quotesUnder({ quotes }: Scene<unknown>, { prices }: Prospect): Scene<unknown>["quotes"] {
  if (prices.size === 0) return quotes;
  const changed = new Map(quotes);
  for (const [key, value] of prices) {
    const quote = quotes.get(key);
    if (quote !== undefined) changed.set(key, { ...quote, value });
  }
  return changed;
}

function linesOf(before: Assessment, after?: Assessment): Foreseen["lines"] {
  const names = new Set([...before.lines, ...(after?.lines ?? [])].map(({ name }) => name));
  const healthIn = (assessment: Assessment | undefined, line: LineName) =>
    assessment?.lines.find(({ name }) => name === line)?.health;
  return [...names].map((name) => {
    const [old, next] = [healthIn(before, name), healthIn(after, name)];
    return { name, ...(old !== undefined && { before: old }), ...(next !== undefined && { after: next }) };
  });
}

const figuresOf = ({ equity, free, lines }: Assessment) => [
  equity,
  free,
  lines.map(({ name, required, surplus, crossed }) => [name, required, surplus, crossed]),
];

/** When a coming change is told again: hours before it, as data. The first telling is when it becomes known. */
export const remindBeforeMs: readonly number[] = [24, 6, 1].map((hours) => hours * 3_600_000);

/** How near a change is: 0 when it is farther than every reminder, one more with each that has passed, the most when it is due. */
export const nearnessOf = (at: Ms, now: Ms): number =>
  remindBeforeMs.filter((before) => at - now <= before).length + (at <= now ? 1 : 0);
