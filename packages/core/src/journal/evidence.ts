import { type Ms, type Result, type Why, canonical, hex, ok, textOf } from "@plimsoll/core/units";
import { type Sha256, type StreamHead, readChain, startOf } from "./chain.ts";
import { sealCheckpoint } from "./checkpoint.ts";
import { inTreeOrder, leafHash, merkleProof } from "./merkle.ts";
import type { Crypto, Entry, Store } from "./store.ts";

/** Name and version of the file format; a file that says another is another. */
export const evidenceFormat = "plimsoll-evidence-1";

/**
 * The whole journal as one signed text: one canonical JSON value a line, each line ended by a line feed.
 * First `{format, key, streams}`; then for each stream, by name, its entries `{at, body, hash, once, prev, seq, stream}` and
 * `{head, length, proof, stream}`; last `{checkpoint, signature}`. Bytes are lower-case hex, bodies the stored UTF-8 text, seq and
 * length decimal text. What the journal holds has exactly one such text.
 * @param publicKey raw Ed25519 public key (32 bytes) of the key that `crypto` signs with.
 * @returns the text; or which entry of the store breaks its chain: then nothing is signed.
 */
export async function writeEvidence(
  crypto: Crypto,
  publicKey: Uint8Array,
  store: Pick<Store, "streams" | "read">,
  at: Ms,
): Promise<Result<string, Why>> {
  const sha256: Sha256 = (bytes) => crypto.sha256(bytes);
  const lines = new Map<string, readonly string[]>();
  const heads: StreamHead[] = [];
  for (const stream of await store.streams()) {
    const written: string[] = [];
    const read = await readChain(sha256, stream, noting(store.read(stream, startOf(stream).seq + 1n), written));
    if (!read.ok) return read;
    heads.push(read.value);
    lines.set(stream, written);
  }
  const ordered = inTreeOrder(heads);
  const leaves = ordered.map((head) => leafHash(sha256, head));
  const signed = await sealCheckpoint(crypto, publicKey, heads, at);
  const text = [
    canonical({ format: evidenceFormat, key: hex(publicKey), streams: ordered.length }),
    ...ordered.flatMap(({ stream, seq, head }, index) => [
      ...lines.get(stream)!,
      canonical({ stream, length: seq, head: hex(head), proof: merkleProof(sha256, leaves, index).map(hex) }),
    ]),
    canonical(signed),
  ];
  return ok(`${text.join("\n")}\n`);
}

/** Passes entries on and keeps their lines. */
async function* noting(entries: AsyncIterable<Entry>, lines: string[]): AsyncIterable<Entry> {
  for await (const entry of entries) {
    const { stream, seq, prev, at, onceKey, bytes, hash } = entry;
    lines.push(canonical({ stream, seq, prev: hex(prev), at, once: onceKey, body: textOf(bytes), hash: hex(hash) }));
    yield entry;
  }
}
