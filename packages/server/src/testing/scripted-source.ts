import type { BookCover, BookView } from "@plimsoll/core/turn";
import type { Happening, LiveSource, StoryView } from "@plimsoll/server/view";
import type { Evidence } from "@plimsoll/server/contract";
import { sampleBook } from "./sample-book.ts";

interface Next {
  readonly book?: BookView;
  readonly coverage?: readonly BookCover[];
  readonly story?: StoryView;
  readonly evidence?: Evidence;
  readonly happening?: Happening["what"];
  readonly happenings?: readonly Omit<Happening, "seq">[];
}

export interface ScriptedSource extends LiveSource {
  /** Replaces what is named and tells whoever listens. */
  play(next: Next): void;
}

/** A live source whose changes a test writes; the server around it is the real one. */
export function scriptedSource(): ScriptedSource {
  const listeners = new Set<() => void>();
  const happenings: Happening[] = [];
  let book = sampleBook();
  let coverage: readonly BookCover[] = [];
  let story: StoryView | undefined;
  let evidence: Evidence = { is: "none", why: "no evidence file has been written in this run" };
  return {
    view: () => book,
    coverage: () => coverage,
    activity: ({ before = Infinity, limit }) =>
      Promise.resolve(
        happenings
          .filter(({ seq }) => seq < before)
          .toReversed()
          .slice(0, limit),
      ),
    story: () => story,
    evidence: () => evidence,
    onChange(callback) {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
    play(next) {
      book = next.book ?? book;
      coverage = next.coverage ?? coverage;
      story = next.story ?? story;
      evidence = next.evidence ?? evidence;
      const single = next.happening ? [{ at: book.at, what: next.happening }] : [];
      for (const happening of [...single, ...(next.happenings ?? [])])
        happenings.push({ ...happening, seq: happenings.length + 1 });
      for (const listener of listeners) listener();
    },
  };
}
