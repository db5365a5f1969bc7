import type { Action, Hastened, Holding, Prepared, Reply } from "@plimsoll/core/book";
import type { Decision, Input } from "@plimsoll/core/turn";
import { type Hash, canonical, readCanonical } from "@plimsoll/core/units";
import { bytesOf } from "./store/text.ts";

/** What one journal entry says. */
export type Fact =
  | { readonly kind: "input"; readonly input: Input }
  /** What the turn decided on one input, and its state after it. */
  | { readonly kind: "decided"; readonly of: bigint; readonly decisions: readonly Decision[]; readonly state: Hash }
  /** A message as it will go out, and the holding that it was made for. */
  | {
      readonly kind: "prepared";
      readonly key: string;
      readonly attempt: number;
      /** Which slice of the intent, and its action; absent in journals from before there were slices. */
      readonly slice?: number;
      readonly action?: Action;
      readonly prepared: Prepared;
      readonly against: Holding;
    }
  /** What the venue said. */
  | { readonly kind: "reply"; readonly key: string; readonly to: "send" | "query"; readonly reply: Reply }
  /** An order that outlived its intent, or that takes the size that the intent needs, is about to be cancelled. */
  | { readonly kind: "cancel"; readonly key: string; readonly prepared: Prepared }
  /** What was done about a message that waits at its venue too long. */
  | { readonly kind: "hastened"; readonly key: string; readonly said: Exclude<Hastened, { is: "waits" }> }
  /** The turn broke on an input: nothing was sent after it. */
  | { readonly kind: "halted"; readonly of: bigint; readonly detail: string };

/** One journal entry: `number` orders all streams of one keeper. */
export type JournalRecord = Fact & { readonly number: bigint };

/** The bytes that are stored and hashed. */
export const recordBytes = (record: JournalRecord): Uint8Array => bytesOf(canonical(record));

/** Reads an entry back; the same bytes give the same record. @throws on bytes that we did not write: the chain's hash excludes them. */
export function readRecord(bytes: Uint8Array): JournalRecord {
  const raw = readCanonical(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")) as Record<
    string,
    unknown
  >;
  const number = BigInt(String(raw["number"]));
  switch (raw["kind"]) {
    case "input": {
      const input = raw["input"] as Omit<Input, "seq"> & { readonly seq: string };
      return { kind: "input", number, input: { ...input, seq: BigInt(input.seq) } };
    }
    case "decided":
    case "halted":
      return { ...raw, number, of: BigInt(String(raw["of"])) } as JournalRecord;
    case "prepared":
    case "reply":
    case "cancel":
    case "hastened":
      return { ...raw, number } as JournalRecord;
    default:
      throw new Error(`invariant broken: the journal holds an entry of unknown kind ${String(raw["kind"])}`);
  }
}
