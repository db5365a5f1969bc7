import type { BookView } from "@plimsoll/core/turn";
import type { Happening, LiveSource, StoryView } from "@plimsoll/server/view";
import { sampleBook } from "./sample-book.ts";

export interface ScriptedSource extends LiveSource {
  /** Replaces what is named and tells whoever listens. */
  play(next: { readonly book?: BookView; readonly story?: StoryView; readonly happening?: Happening["what"] }): void;
}

/** A live source whose changes a test writes; the server around it is the real one. */
export function scriptedSource(): ScriptedSource {
  const listeners = new Set<() => void>();
  const happenings: Happening[] = [];
  let book = sampleBook();
  let story: StoryView | undefined;
  return {
    view: () => book,
    activity: ({ before = Infinity, limit }) =>
      Promise.resolve(
        happenings
          .filter(({ seq }) => seq < before)
          .toReversed()
          .slice(0, limit),
      ),
    story: () => story,
    onChange(callback) {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
    play(next) {
      book = next.book ?? book;
      story = next.story ?? story;
      if (next.happening) happenings.push({ seq: happenings.length + 1, at: book.at, what: next.happening });
      for (const listener of listeners) listener();
    },
  };
}
