/**
 * How an order of ours is told from its owner's own, by the client id that the venue keeps: each begins as one of these does, in the
 * letters that its venue takes. Binance, Bybit and Deribit keep punctuation; OKX takes letters and digits only, so there the whole
 * shape counts; Hyperliquid takes 16 bytes, the first two of them these letters.
 */
const ownIds = [/^pl[.-]/, /^pl[0-9a-f]{30}$/, /^0x706c[0-9a-f]{28}$/];

/** Whether we placed an order that lies at a venue. What has no id, or another, is its owner's and is never touched. */
export const isOurs = ({ reference }: { readonly reference?: string }): boolean =>
  reference !== undefined && ownIds.some((shape) => shape.test(reference));
