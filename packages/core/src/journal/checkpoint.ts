import { type Ms, canonical, hex, joined, utf8 } from "@plimsoll/core/units";
import type { Sha256, StreamHead } from "./chain.ts";
import { inTreeOrder, leafHash, merkleRoot } from "./merkle.ts";
import type { Crypto } from "./store.ts";

/** Where all streams stood at one moment: the Merkle root over their heads with their lengths. */
export interface Checkpoint {
  readonly at: Ms;
  /** Lower-case hex of the raw Ed25519 public key (32 bytes) that signs. */
  readonly key: string;
  readonly root: string;
  readonly streams: number;
}
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Lower-case hex of the Ed25519 signature (64 bytes) over `checkpointBytes`. */
  readonly signature: string;
}

/** The bytes that are signed: a frame that no other message of ours has, then the canonical text. */
const checkpointBytes = (checkpoint: Checkpoint): Uint8Array =>
  joined(utf8("plimsoll-checkpoint-1\n"), utf8(canonical(checkpoint)));

/** What a person compares and a keeper stores at first start: SHA-256 of the raw public key, lower-case hex. */
export const fingerprint = (sha256: Sha256, publicKey: Uint8Array): string => hex(sha256(publicKey));

/** Signs where all streams stand. @throws on no streams. */
export async function sealCheckpoint(
  crypto: Crypto,
  publicKey: Uint8Array,
  heads: readonly StreamHead[],
  at: Ms,
): Promise<SignedCheckpoint> {
  const sha256: Sha256 = (bytes) => crypto.sha256(bytes);
  const leaves = inTreeOrder(heads).map((head) => leafHash(sha256, head));
  const root = hex(merkleRoot(sha256, leaves));
  const checkpoint: Checkpoint = { at, key: hex(publicKey), root, streams: leaves.length };
  return { checkpoint, signature: hex(await crypto.sign(checkpointBytes(checkpoint))) };
}
