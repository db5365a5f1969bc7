import { hash } from "node:crypto";

/** SHA-256 of this platform, for the journal's chain. */
export const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");
