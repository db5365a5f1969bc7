import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonical } from "@plimsoll/core/units";
import type { SealedRequest } from "./grammar.ts";

const SEAL_FILE = "signer.seal";

export type Sealed = Pick<SealedRequest, "holding" | "key" | "reference" | "wire">;

/** Marks messages that this signer made and judged, so that it sends those and no others, also after it was killed. */
export interface Seal {
  readonly of: (message: Sealed) => string;
  readonly fits: (message: Sealed, seal: string) => boolean;
}

/** The seal of a folder; its secret is made once and readable by the owner alone. @throws what the file system throws. */
export function openSeal(folder: string): Seal {
  const secret = secretIn(join(folder, SEAL_FILE));
  const of = ({ holding, key, reference, wire }: Sealed) =>
    createHmac("sha256", secret)
      .update(canonical([holding, key, reference, wire]))
      .digest("hex");
  return {
    of,
    fits: (message, seal) => {
      const [own, given] = [Buffer.from(of(message)), Buffer.from(seal)];
      return own.length === given.length && timingSafeEqual(own, given);
    },
  };
}

function secretIn(file: string): Buffer {
  try {
    const handle = openSync(file, "wx", 0o600);
    try {
      writeFileSync(handle, randomBytes(32));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const secret = readFileSync(file);
  if (secret.length !== 32) throw new Error(`${file} is damaged: remove it; messages prepared before are refused then`);
  return secret;
}
