import { DAY_MS } from "@plimsoll/core/units";

/** @source hyperliquid.gitbook.io, nonces and API wallets: so many of the highest nonces of a signer are kept. */
const KEPT = 100;

/** The nonces that each signer has used. @source as above: above the smallest that is kept, never twice, from two days ago to tomorrow. */
export class Nonces {
  readonly #used = new Map<string, readonly number[]>();

  /** Takes a nonce. @returns why it is refused; the words for a repeated one were seen, the others are assumed. */
  take(signer: string, nonce: number, now: number): string | undefined {
    if (!Number.isSafeInteger(nonce)) return "Invalid nonce";
    if (nonce <= now - 2 * DAY_MS || nonce >= now + DAY_MS)
      return `Invalid nonce: ${nonce} is not within two days before and one after ${now}`;
    const used = this.#used.get(signer) ?? [];
    if (used.includes(nonce)) return `Invalid nonce: duplicate nonce ${nonce}`;
    const [smallest] = used;
    if (used.length === KEPT && smallest !== undefined && nonce < smallest) return `Invalid nonce: too low ${nonce}`;
    this.#used.set(signer, [...used, nonce].toSorted((a, b) => a - b).slice(-KEPT));
    return undefined;
  }
}
