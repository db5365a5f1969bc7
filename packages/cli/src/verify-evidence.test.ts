import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Crypto, type Entry, applyEntry, fingerprint, startOf, writeEvidence } from "@plimsoll/core/journal";
import { hex, ms, utf8 } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { verifyEvidence } from "./verify-evidence.ts";

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

/** A signer with its own key, and the raw public key. */
function signer(): { readonly crypto: Crypto; readonly publicKey: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
  const crypto: Crypto = {
    sha256,
    sign: (bytes) => Promise.resolve(new Uint8Array(sign(null, bytes, privateKey))),
    verify: () => Promise.reject(new Error("not asked")),
  };
  return { crypto, publicKey: raw };
}

const bodies: Readonly<Record<string, readonly string[]>> = {
  book: ['{"event":{"type":"tick"}}', '{"note":"naïve: 安全 🚢 \\" \\\\"}', "{}"],
  "holding/aave-v3:0xab": ['{"amount":"917241380"}', '{"amount":"0"}'],
  "holding/binance:main": ['{"state":"done"}'],
};
function journal(of = bodies) {
  const streams = new Map<string, readonly Entry[]>();
  for (const [stream, texts] of Object.entries(of)) {
    let head = startOf(stream);
    const entries = texts.map((text, index) => {
      const entry = applyEntry(sha256, head, {
        onceKey: `${stream}#${index}`,
        at: ms(1_700_000_000_000 + index),
        bytes: utf8(text),
      });
      head = { stream, seq: entry.seq, head: entry.hash };
      return entry;
    });
    streams.set(stream, entries);
  }
  return {
    streams: () => Promise.resolve([...streams.keys()].toReversed()),
    read: async function* (stream: string, from: bigint) {
      yield* streams.get(stream)!.filter(({ seq }) => seq >= from);
    },
  };
}

async function evidenceBy({ crypto, publicKey }: ReturnType<typeof signer>, store = journal()): Promise<Buffer> {
  const written = await writeEvidence(crypto, publicKey, store, ms(1_700_000_100_000));
  if (!written.ok) throw new Error(written.failure.code);
  return Buffer.from(written.value);
}

const owner = signer();
const key = hex(owner.publicKey);
const file = await evidenceBy(owner);
const refuses = (bytes: Uint8Array) => {
  const result = verifyEvidence(bytes, key);
  if (result.ok) expect.unreachable(`accepted: ${Buffer.from(bytes).toString()}`);
  return result.reason;
};

test("the owner's file is verified, by key and by fingerprint", () => {
  const expected = { ok: true, at: 1_700_000_100_000, streams: 3, entries: 6 };
  expect(verifyEvidence(file, key)).toMatchObject(expected);
  expect(verifyEvidence(file, fingerprint(sha256, owner.publicKey).toUpperCase())).toMatchObject(expected);
});

/** The damaged files that pass; there must be none. */
function accepted(damaged: Iterable<Uint8Array>): string[] {
  const passed: string[] = [];
  for (const bytes of damaged) if (verifyEvidence(bytes, key).ok) passed.push(Buffer.from(bytes).toString());
  return passed;
}
const spliced = (at: number, remove: number, put = "") =>
  Buffer.concat([file.subarray(0, at), Buffer.from(put), file.subarray(at + remove)]);
const everyPlace = Array.from(file.keys());
/** Every bit of a byte and every text at every place; in the quick run each place takes its turn among them. */
const thorough = process.env["PLIMSOLL_RUNS"] !== undefined && Number(process.env["PLIMSOLL_RUNS"]) >= 100;
const inTurn = (places: readonly number[], turn: number, of: number) =>
  thorough ? places : places.filter((at) => at % of === turn);

test("every byte, changed in a bit or removed, and every cut, is refused", () => {
  const flipped = (at: number, bit: number) => {
    const bytes = Buffer.from(file);
    bytes[at]! ^= 1 << bit;
    return bytes;
  };
  for (const bit of [0, 1, 2, 3, 4, 5, 6, 7])
    expect(accepted(inTurn(everyPlace, bit, 8).map((at) => flipped(at, bit)))).toEqual([]);
  expect(accepted(everyPlace.map((at) => spliced(at, 1)))).toEqual([]);
  expect(accepted(everyPlace.map((at) => file.subarray(0, at)))).toEqual([]);
});

test.each([" ", "\n", "\r", "\t", "{}", "\ufeff", "0", "\\u0041"].map((put, turn) => [put, turn] as const))(
  "%j put before, in between or behind is refused",
  (put, turn) => {
    const places = [0, ...inTurn(everyPlace, turn, 8), file.length];
    expect(accepted(places.map((at) => spliced(at, 0, put)))).toEqual([]);
  },
);

test("lines left out, doubled or exchanged are refused, and every cut between two", () => {
  const lines = file.toString().split("\n").slice(0, -1);
  const changed = lines.flatMap((line, i) => [
    lines.toSpliced(i, 1),
    lines.slice(0, i),
    lines.toSpliced(i, 0, line),
    ...lines.flatMap((other, j) => (j > i ? [lines.with(i, other).with(j, line)] : [])),
  ]);
  expect(changed.length).toBeGreaterThan(80);
  expect(accepted(changed.map((some) => Buffer.from(`${some.join("\n")}\n`)))).toEqual([]);
});

test("the same content in another JSON form is refused", () => {
  const lines = file.toString().split("\n").slice(0, -1);
  for (const [index, line] of lines.entries()) {
    const fields = Object.entries(JSON.parse(line) as Record<string, unknown>).toReversed();
    const other = [JSON.stringify(Object.fromEntries(fields)), line.replace(/"a/, '"\\u0061'), line.replace(/,/, ", ")];
    for (const form of other.filter((form) => form !== line))
      expect(refuses(Buffer.from(`${lines.with(index, form).join("\n")}\n`))).toMatch(/form|JSON|UTF/);
  }
});

test("a forgery signed anew with another key is refused, also when it claims the owner's key", async () => {
  const thief = signer();
  const forged = await evidenceBy(thief, journal({ ...bodies, book: ["{}"] }));
  expect(refuses(forged)).toContain("not by the key you expect");
  expect(refuses(Buffer.from(forged.toString().replaceAll(hex(thief.publicKey), key)))).toContain("signature");
  const claimed = await evidenceBy({ crypto: thief.crypto, publicKey: owner.publicKey }, journal());
  expect(refuses(claimed)).toContain("signature");
});

test("a chain made consistent again after a change still fails at the signed root", async () => {
  const changed = await evidenceBy(owner, journal({ ...bodies, book: ["{}", "{}", "{}"] }));
  const lastOf = (bytes: Buffer) => bytes.toString().split("\n").at(-2)!;
  expect(refuses(Buffer.from(changed.toString().replace(lastOf(changed), lastOf(file))))).toContain("signed root");
});

test("a store whose chain is broken gets no signature", async () => {
  const honest = journal();
  const broken = {
    ...honest,
    read: async function* (stream: string, from: bigint) {
      for await (const entry of honest.read(stream, from))
        yield entry.seq === 1n ? { ...entry, bytes: utf8("x") } : entry;
    },
  };
  const written = await writeEvidence(owner.crypto, owner.publicKey, broken, ms(1));
  expect(written).toMatchObject({ ok: false, failure: { code: "journal/broken-chain" } });
});

test("the verifier is one file that imports only Node's own modules, and runs alone", () => {
  const source = readFileSync(new URL("./verify-evidence.ts", import.meta.url), "utf8");
  const imports = [...source.matchAll(/\bfrom "([^"]+)"|import\(|require\(/g)].map(([whole, name]) => name ?? whole);
  expect(imports).toEqual(["node:crypto", "node:fs"]);
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-evidence-"));
  try {
    const [script, evidence] = [join(folder, "verify-evidence.ts"), join(folder, "evidence.ndjson")];
    writeFileSync(script, source);
    writeFileSync(evidence, file);
    expect(execFileSync(process.execPath, [script, evidence, "--key", key], { encoding: "utf8" })).toContain(
      "verified: 6 entries",
    );
    writeFileSync(evidence, file.subarray(0, -2));
    const refused = spawnSync(process.execPath, [script, evidence, "--key", key], { encoding: "utf8" });
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("refused") });
    expect(spawnSync(process.execPath, [script, evidence]).status).toBe(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
