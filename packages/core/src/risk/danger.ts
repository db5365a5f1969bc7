/** The danger words, from best to worst as exit codes rank them: unknown stands between act and danger. */
export const dangers = ["safe", "watch", "act", "unknown", "danger", "liquidatable"] as const;
export type Danger = (typeof dangers)[number];

/** The worse of two danger words. */
export const worse = (a: Danger, b: Danger): Danger => (dangers.indexOf(a) >= dangers.indexOf(b) ? a : b);

/** The word of a whole book: that of its worst account; an empty book is safe. */
export const worstOf = (words: Iterable<Danger>): Danger => [...words].reduce(worse, "safe");
