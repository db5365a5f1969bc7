import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Crypto, fingerprint } from "@plimsoll/core/journal";
import { type Result, type Why, fail, hex, ok, why } from "@plimsoll/core/units";
import { sha256 } from "./store/crypto.ts";

const PRIVATE_FILE = "evidence-key.pem";
/** Public key and fingerprint as hex, one a line: what a verifier is given. */
const PUBLIC_FILE = "evidence-key.pub";
/** An Ed25519 public key in SubjectPublicKeyInfo is these 12 bytes and the raw key. @source RFC 8410, section 4 */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** The key that signs evidence of one data folder. */
export interface SigningKey {
  readonly crypto: Crypto;
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of the raw public key, lower-case hex: to be written down at first start. */
  readonly fingerprint: string;
  /** True the first time: then the fingerprint must be shown to the owner. */
  readonly created: boolean;
}

/**
 * The signing key of a data folder, made at first start and readable by its owner alone.
 * @returns failures `key/readable-by-others`, `key/missing` (the public half is there, the private is not), `key/unreadable`.
 */
export function openSigningKey(folder: string): Result<SigningKey, Why> {
  const [file, publicFile] = [join(folder, PRIVATE_FILE), join(folder, PUBLIC_FILE)];
  try {
    const created = !existsSync(file);
    if (created && existsSync(publicFile)) return fail(missing(file));
    mkdirSync(folder, { recursive: true });
    if (created)
      writeOnce(file, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }), 0o600);
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0) return fail(readable(file, mode));
    const key = keyOf(createPrivateKey(readFileSync(file)), created);
    if (created) writeOnce(publicFile, `${hex(key.publicKey)}\n${key.fingerprint}\n`, 0o644);
    return ok(key);
  } catch (error) {
    return fail(why("key/unreadable", { file, detail: String(error), next: "restore the key file from your backup" }));
  }
}

function keyOf(privateKey: KeyObject, created: boolean): SigningKey {
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const publicKey = new Uint8Array(spki.subarray(SPKI_HEAD.length));
  const crypto: Crypto = {
    sha256,
    sign: async (bytes) => sign(null, bytes, privateKey),
    verify: async (key, bytes, signature) => verify(null, bytes, publicKeyOf(key), signature),
  };
  return { crypto, publicKey, fingerprint: fingerprint(sha256, publicKey), created };
}

const publicKeyOf = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: "der", type: "spki" });

/** A whole file on the disk or none, and never over one that is there. */
function writeOnce(file: string, text: string | Buffer, mode: number): void {
  const part = `${file}.${process.pid}.part`;
  const handle = openSync(part, "wx", mode);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(part, file);
  } finally {
    rmSync(part);
  }
}

const missing = (file: string): Why =>
  why("key/missing", {
    file,
    next: "evidence was signed with a key that is gone: restore it, or remove the .pub file beside it to begin with a new key",
  });
const readable = (file: string, mode: number): Why =>
  why("key/readable-by-others", {
    file,
    mode: `0${mode.toString(8)}`,
    next: `others can sign in your name: chmod 600 ${file}`,
  });
