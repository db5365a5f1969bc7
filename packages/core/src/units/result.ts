/** An expected outcome as a value: what went well, or what failed and why. */
export type Result<T, F> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F };

/** Why something failed: a stable code and the facts that decided it, as text. */
export interface Why {
  readonly code: string;
  readonly facts: Readonly<Record<string, string>>;
}

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const fail = <F>(failure: F): { readonly ok: false; readonly failure: F } => ({ ok: false, failure });
export const why = (code: string, facts: Readonly<Record<string, string>> = {}): Why => ({ code, facts });

/** Stops on a broken invariant: a bug, never an expected failure. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
