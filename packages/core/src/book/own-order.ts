/**
 * How an order of ours is told from its owner's own, by the client id that the venue keeps. Each begins with "pl", or with "ps" for a
 * stop, in the letters that its venue takes: where punctuation is kept a mark follows; OKX takes 32 letters and digits, so there the
 * whole shape counts; Hyperliquid takes 16 bytes, and the first two are these letters.
 */
const ownIds = [/^p[ls][._-]/, /^p[ls][0-9a-f]{30}$/, /^0x70(6c|73)[0-9a-f]{28}$/];

/** Whether we placed an order that lies at a venue. What has no id, or another, is its owner's and is never touched. */
export const isOurs = ({ reference }: { readonly reference?: string }): boolean =>
  reference !== undefined && ownIds.some((shape) => shape.test(reference));
