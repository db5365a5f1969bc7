import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hex, ms, utf8 } from "@plimsoll/core/units";
import { type Sha256, applyEntry, readChain, startOf } from "./chain.ts";
import { GENESIS, entryHash } from "./entry-hash.ts";
import { leafHash, merkleProof, merkleRoot, provenRoot } from "./merkle.ts";
import type { Entry } from "./store.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const sha256: Sha256 = (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest());

function chainOf(stream: string, bodies: readonly string[]): Entry[] {
  const entries: Entry[] = [];
  let head = startOf(stream);
  for (const [index, body] of bodies.entries()) {
    const entry = applyEntry(sha256, head, { onceKey: `${stream}/${index}`, at: ms(1_000 + index), bytes: utf8(body) });
    entries.push(entry);
    head = { stream, seq: entry.seq, head: entry.hash };
  }
  return entries;
}

// source: worked with printf '["book","1","000..0",1000,"book/0"]\n{}' | sha256sum
test("the hash of a first entry, worked outside", () => {
  const [entry] = chainOf("book", ["{}"]);
  expect(hex(entry!.hash)).toBe("0028f785881ec0796f619ee1b211cd959fefbbbffe8e55fb65a3b90755cc8414");
});

test("any change to what is sealed changes the hash or breaks the chain", async () => {
  const entries = chainOf("book", ["a", "b", "c"]);
  expect((await readChain(sha256, "book", entries)).ok).toBe(true);
  const [first, second, third] = entries as [Entry, Entry, Entry];
  const damaged: Entry[][] = [
    [first, third],
    [second, first, third],
    [first, first, second, third],
    [first, { ...second, bytes: utf8("B") }, third],
    [first, { ...second, at: ms(7) }, third],
    [first, { ...second, stream: "other" }, third],
    [first, { ...second, prev: GENESIS }, third],
    [first, { ...second, onceKey: "other" }, third],
    [applyEntry(sha256, { stream: "book", seq: 1n, head: GENESIS }, first)],
    [applyEntry(sha256, startOf("other"), first)],
    // one link made consistent again is betrayed by the next
    [first, { ...second, bytes: utf8("B"), hash: entryHash({ sha256 }, { ...second, bytes: utf8("B") }) }, third],
  ];
  for (const chain of damaged) expect(await readChain(sha256, "book", chain)).toMatchObject({ ok: false });
});

test("a proof leads every leaf to the root, and no other leaf, place or sibling", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), fc.nat(), (count, some, other) => {
      const leaves = Array.from({ length: count }, (_, index) =>
        leafHash(sha256, { stream: `s${index}`, seq: BigInt(index), head: GENESIS }),
      );
      const root = hex(merkleRoot(sha256, leaves));
      const [index, place] = [some % count, other % count];
      const proof = merkleProof(sha256, leaves, index);
      const rootAt = (leaf: Uint8Array, at: number, siblings: readonly Uint8Array[]) => {
        const proven = provenRoot(sha256, leaf, at, count, siblings);
        return proven && hex(proven);
      };
      expect(rootAt(leaves[index]!, index, proof)).toBe(root);
      if (place !== index) expect(rootAt(leaves[index]!, place, proof)).not.toBe(root);
      if (place !== index) expect(rootAt(leaves[place]!, index, proof)).not.toBe(root);
      expect(rootAt(leaves[index]!, index, [...proof, GENESIS])).not.toBe(root);
      if (proof.length > 0) expect(rootAt(leaves[index]!, index, proof.slice(1))).not.toBe(root);
    }),
    { numRuns },
  );
});
