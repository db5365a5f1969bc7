#!/usr/bin/env node
// Checks a Plimsoll evidence file without any other code of ours: this one file, Node's own modules, and the key you expect.
//   node verify-evidence.ts FILE --key HEX      (HEX: the public key, or its fingerprint, from a source you trust)
import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";

export type Verification =
  | {
      readonly ok: true;
      readonly fingerprint: string;
      readonly at: number;
      readonly streams: number;
      readonly entries: number;
    }
  | { readonly ok: false; readonly line: number; readonly reason: string };

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Fields = Readonly<Record<string, Json>>;

class Refused extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/**
 * Verifies an evidence file: its one valid byte form, every entry's hash and place, every stream's proof, and the signature.
 * @param expected lower-case hex of the raw Ed25519 public key or of its SHA-256; never taken from the file itself.
 */
export function verifyEvidence(file: Uint8Array, expected: string): Verification {
  try {
    return check(file, expected.toLowerCase());
  } catch (error) {
    if (error instanceof Refused) return { ok: false, line: error.line, reason: error.message };
    throw error;
  }
}

function check(file: Uint8Array, expected: string): Verification {
  const lines = readLines(file);
  const header = shaped(lines[0], 1, { format: isText, key: isHex(32), streams: isCount });
  if (header["format"] !== "plimsoll-evidence-1") throw new Refused(1, "this file has another format or version");
  const key = header["key"] as string;
  const fingerprint = sha256(unhex(key));
  if (key !== expected && fingerprint !== expected)
    throw new Refused(1, `signed by ${fingerprint}, not by the key you expect: whoever made this file is someone else`);
  const last = lines.length;
  const { checkpoint, signature } = shaped(lines[last - 1], last, { checkpoint: isObject, signature: isHex(64) });
  const signed = shaped(checkpoint as Fields, last, { at: isCount, key: isHex(32), root: isHex(32), streams: isCount });
  if (signed["key"] !== key || signed["streams"] !== header["streams"])
    throw new Refused(last, "the checkpoint speaks of another key or another number of streams than the header");
  const message = Buffer.from(`plimsoll-checkpoint-1\n${canonical(signed)}`);
  if (!isSignature(key, message, signature as string))
    throw new Refused(last, "the signature does not belong to this checkpoint and key");
  const count = header["streams"] as number;
  const entries = checkStreams(lines, count, signed["root"] as string);
  return { ok: true, fingerprint, at: signed["at"] as number, streams: count, entries };
}

/** Lines 2 to last but one: each stream's entries in order, then its head and the proof that the head is under the root. */
function checkStreams(lines: readonly Fields[], count: number, root: string): number {
  const genesis = "0".repeat(64);
  let [streams, entries, before] = [0, 0, ""];
  let [seq, head, current] = [0n, genesis, ""];
  for (let index = 1; index < lines.length - 1; index++) {
    const number = index + 1;
    const line = lines[index]!;
    if ("proof" in line) {
      const end = shaped(line, number, { stream: isText, length: isText, head: isHex(32), proof: isProof });
      const stream = end["stream"] as string;
      if (seq > 0n && stream !== current) throw new Refused(number, `the end of stream ${current} is missing`);
      if (streams > 0 && stream <= before) throw new Refused(number, "streams are not in order, or one comes twice");
      if (end["length"] !== String(seq) || end["head"] !== head)
        throw new Refused(number, `stream ${stream} ends elsewhere than its entries do: entries are missing or added`);
      const leaf = sha256(Buffer.from([0]), Buffer.from(`${stream}\n${seq}\n${head}`));
      if (provenRoot(leaf, streams, count, end["proof"] as readonly string[]) !== root)
        throw new Refused(number, `the proof of stream ${stream} does not lead to the signed root`);
      [streams, before, seq, head, current] = [streams + 1, stream, 0n, genesis, ""];
      continue;
    }
    const { stream, at, once, body, prev, hash, ...rest } = shaped(line, number, {
      ...{ stream: isText, seq: isText, prev: isHex(32), at: isCount, once: isText, body: isText, hash: isHex(32) },
    });
    if (seq > 0n && stream !== current) throw new Refused(number, `the end of stream ${current} is missing`);
    current = stream as string;
    if (rest["seq"] !== String(++seq)) throw new Refused(number, `entry ${seq} of stream ${current} is missing`);
    if (prev !== head) throw new Refused(number, `entry ${seq} of stream ${current} does not follow the one before it`);
    const frame = canonical([current, String(seq), prev, at!, once!]);
    head = sha256(Buffer.from(`${frame}\n`), Buffer.from(body as string));
    if (hash !== head) throw new Refused(number, `entry ${seq} of stream ${current} was altered`);
    entries++;
  }
  if (seq > 0n) throw new Refused(lines.length, `the end of stream ${current} is missing`);
  if (streams !== count || count === 0)
    throw new Refused(lines.length, `${streams} streams found, ${count} were signed`);
  return entries;
}

/** The text must be UTF-8, every line canonical JSON and ended by one line feed: then the same content has one byte form only. */
function readLines(file: Uint8Array): readonly Fields[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    throw new Refused(0, "the file is not UTF-8 text");
  }
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Refused(lines.length + 1, "the file does not end with a line feed: it was cut");
  if (lines.length < 3) throw new Refused(lines.length, "the file has no header, stream and checkpoint: it was cut");
  return lines.map((line, index) => {
    let value: Json;
    try {
      value = JSON.parse(line) as Json;
    } catch {
      throw new Refused(index + 1, "the line is not JSON");
    }
    if (!isObject(value)) throw new Refused(index + 1, "the line is not an object");
    if (canonical(value) !== line) throw new Refused(index + 1, "the line is not in its one valid form");
    return value as Fields;
  });
}

/** JSON with sorted keys and no blanks. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const sorted = Object.entries(value as Fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`;
}

type Check = (value: Json) => boolean;
const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isHex =
  (bytes: number): Check =>
  (value) =>
    typeof value === "string" && value.length === 2 * bytes && /^[0-9a-f]+$/.test(value);
const isProof: Check = (value) => Array.isArray(value) && value.every(isHex(32));

/** The object, if it has exactly these fields and each passes its check. */
function shaped(value: Fields | undefined, line: number, fields: Readonly<Record<string, Check>>): Fields {
  const names = Object.keys(fields);
  const found = Object.keys(value ?? {});
  const wrong = names.find((name) => value?.[name] === undefined || !fields[name]!(value[name]));
  const extra = found.find((name) => !names.includes(name));
  if (value === undefined || wrong !== undefined || extra !== undefined)
    throw new Refused(line, `the line should have ${names.join(", ")}; look at ${wrong ?? extra ?? "all of it"}`);
  return value;
}

const unhex = (text: string): Uint8Array => Buffer.from(text, "hex");
function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** The root that a leaf at `index` of `count` and its siblings lead to (RFC 6962 splits at the largest power of two). */
function provenRoot(leaf: string, index: number, count: number, siblings: readonly string[]): string | undefined {
  if (count === 1) return siblings.length === 0 && index === 0 ? leaf : undefined;
  const sibling = siblings.at(-1);
  if (sibling === undefined || index >= count) return undefined;
  let half = 1;
  while (half * 2 < count) half *= 2;
  const rest = siblings.slice(0, -1);
  const inner = index < half ? provenRoot(leaf, index, half, rest) : provenRoot(leaf, index - half, count - half, rest);
  if (inner === undefined) return undefined;
  const [left, right] = index < half ? [inner, sibling] : [sibling, inner];
  return sha256(Buffer.from([1]), unhex(left), unhex(right));
}

/** RFC 8032; the key is wrapped in the SubjectPublicKeyInfo of RFC 8410. */
function isSignature(key: string, message: Uint8Array, signature: string): boolean {
  const spki = Buffer.concat([unhex("302a300506032b6570032100"), unhex(key)]);
  try {
    const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
    return verifySignature(null, message, publicKey, unhex(signature));
  } catch {
    return false;
  }
}

/** Reads the command line. @returns the exit code: 0 verified, 1 refused, 2 wrong usage. */
function main([file, flag, key]: readonly string[]): number {
  if (file === undefined || flag !== "--key" || key === undefined || !/^[0-9a-f]{64}$/i.test(key)) {
    console.error("usage: verify-evidence FILE --key HEX\nHEX is the public key or its fingerprint: 64 hex digits");
    return 2;
  }
  const result = verifyEvidence(readFileSync(file), key);
  if (!result.ok) {
    console.error(`refused: ${file}, line ${result.line}: ${result.reason}`);
    return 1;
  }
  const { entries, streams, at, fingerprint } = result;
  console.log(
    `verified: ${entries} entries in ${streams} streams, unaltered since the checkpoint of ${new Date(at).toISOString()} signed by ${fingerprint}`,
  );
  return 0;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename)
  process.exitCode = main(process.argv.slice(2));
