import { hex, invariant, joined, utf8 } from "@plimsoll/core/units";
import type { Sha256, StreamHead } from "./chain.ts";

/** A leaf and a node can never be taken for each other: they begin with different bytes (as in RFC 6962, section 2.1). */
const [LEAF, NODE] = [Uint8Array.of(0), Uint8Array.of(1)];

export const leafHash = (sha256: Sha256, { stream, seq, head }: StreamHead): Uint8Array =>
  sha256(joined(LEAF, utf8(`${stream}\n${seq}\n${hex(head)}`)));

const nodeHash = (sha256: Sha256, left: Uint8Array, right: Uint8Array) => sha256(joined(NODE, left, right));

/** Streams in the one order that the tree uses: by the code units of their names. */
export const inTreeOrder = (heads: readonly StreamHead[]): readonly StreamHead[] =>
  heads.toSorted((a, b) => (a.stream < b.stream ? -1 : 1));

/** The largest power of two below `count`: where RFC 6962 splits a list. */
function split(count: number): number {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}

/** Root over the leaves, in their order. @throws on no leaves: a journal has at least its book stream. */
export function merkleRoot(sha256: Sha256, leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  invariant(only !== undefined, "a Merkle tree needs a leaf");
  if (leaves.length === 1) return only;
  const half = split(leaves.length);
  return nodeHash(sha256, merkleRoot(sha256, leaves.slice(0, half)), merkleRoot(sha256, leaves.slice(half)));
}

/** The siblings from leaf `index` up to the root. */
export function merkleProof(sha256: Sha256, leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const half = split(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...merkleProof(sha256, left, index), merkleRoot(sha256, right)]
    : [...merkleProof(sha256, right, index - half), merkleRoot(sha256, left)];
}

/** The root that a leaf at `index` of `count` and its siblings lead to; undefined where their number does not fit. */
export function provenRoot(
  sha256: Sha256,
  leaf: Uint8Array,
  index: number,
  count: number,
  siblings: readonly Uint8Array[],
): Uint8Array | undefined {
  if (count === 1) return siblings.length === 0 && index === 0 ? leaf : undefined;
  const sibling = siblings.at(-1);
  if (sibling === undefined || index < 0 || index >= count) return undefined;
  const half = split(count);
  const rest = siblings.slice(0, -1);
  const inner =
    index < half
      ? provenRoot(sha256, leaf, index, half, rest)
      : provenRoot(sha256, leaf, index - half, count - half, rest);
  if (inner === undefined) return undefined;
  return index < half ? nodeHash(sha256, inner, sibling) : nodeHash(sha256, sibling, inner);
}
