import { type Store, readChain } from "@plimsoll/core/journal";
import type { Decision, Turn } from "@plimsoll/core/turn";
import { type Ms, type Result, type Why, canonical, fail, ms, ok, why } from "@plimsoll/core/units";
import { type Track, applyNote, applyOutcome, startTrack } from "./execution/run.ts";
import type { Latest } from "./latest.ts";
import { readJournal } from "./ledger.ts";
import type { Fact } from "./records.ts";
import { sha256 } from "./store/crypto.ts";

export type Decided = Extract<Fact, { readonly kind: "decided" }>;

/** What a journal gives back to a keeper that starts. */
export interface Recovered {
  readonly lastNumber: bigint;
  readonly lastSeq: bigint;
  readonly lastAt: Ms;
  /** Intents in the order of their decisions, ended ones too: later steps of a plan ask for them. */
  readonly tracks: readonly Track[];
  /** Decided before the end, but not yet written when it came: the decision is written now, then followed. */
  readonly unwritten: readonly Decided[];
  /** Inputs on which this build decides or remembers otherwise than the one that wrote the journal. */
  readonly differing: number;
}

/**
 * Checks every stream's chain, then gives the journal's inputs to the turn again: the same inputs, the same decisions and, at
 * every decision, the same state hash as written then.
 * @returns failures `journal/broken-chain`, and `keeper/turn-broke` where this build cannot take an input.
 */
export async function recover(store: Store, turn: Turn, latest: Latest): Promise<Result<Recovered, Why>> {
  for (const stream of await store.streams()) {
    const chain = await readChain(sha256, stream, store.read(stream, 1n));
    if (!chain.ok) return fail(chain.failure);
  }
  const state = { lastNumber: 0n, lastSeq: 0n, lastAt: ms(0), differing: 0 };
  const tracks = new Map<string, Track>();
  const open = new Map<bigint, Decided>();
  for await (const { at, record } of readJournal(store)) {
    [state.lastNumber, state.lastAt] = [record.number, at];
    if (record.kind === "input") {
      const { seq, event } = record.input;
      state.lastSeq = seq;
      try {
        const decisions = turn.turn(record.input);
        if (decisions.length > 0) open.set(seq, { kind: "decided", of: seq, decisions, state: turn.hash() });
      } catch (error) {
        return fail(turnBroke(seq, error));
      }
      const track = event.type === "outcome" ? tracks.get(event.key) : undefined;
      if (event.type === "outcome" && track !== undefined) applyOutcome(track, event.outcome, at);
      latest.apply(event);
    }
    if (record.kind === "decided") {
      const again = open.get(record.of);
      open.delete(record.of);
      if (
        again === undefined ||
        canonical([again.decisions, again.state]) !== canonical([record.decisions, record.state])
      )
        state.differing++;
      for (const intent of intentsOf(record.decisions)) tracks.set(intent.key, startTrack(intent, true));
    }
    if ("key" in record) {
      const track = tracks.get(record.key);
      if (track !== undefined) applyNote(track, record);
    }
  }
  return ok({ ...state, tracks: [...tracks.values()], unwritten: [...open.values()] });
}

export const intentsOf = (decisions: readonly Decision[]) =>
  decisions.flatMap((decision) => (decision.type === "intend" ? [decision.intent] : []));

export const turnBroke = (seq: bigint, error: unknown): Why =>
  why("keeper/turn-broke", {
    seq: String(seq),
    detail: error instanceof Error ? error.message : String(error),
    next: "this is a bug: nothing was sent; keep the journal, start with the version before, and report it",
  });
