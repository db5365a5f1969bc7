import { type Row, classifierOf, nothingSent, says, status } from "@plimsoll/venues/exchange";
import { HYPERLIQUID } from "./names.ts";

const fresh = "read the account again and decide anew";
const resend = "send again after a pause, as long as the intent is valid";

/**
 * The venue's answers to an order, a cancel or a margin move, in its words: it has no codes. First match decides; what no row knows is
 * ambiguous. Each error of an order says that this order was not placed.
 * @source hyperliquid.gitbook.io, API, error responses (order and cancel errors), nonces and API wallets, rate limits; words of
 *   nonces, expiry and signer as seen in answers of the venue
 */
// oxfmt-ignore
export const rows: readonly Row[] = [
  { name: "nonce used before",          when: says("duplicate nonce"),                                     means: "ambiguous", next: "an earlier copy arrived: ask by cloid" },
  { name: "cloid used before",          when: says("duplicate cloid"),                                     means: "ambiguous", next: "an earlier copy arrived: ask by cloid" },
  { name: "nonce too old",              when: says("invalid nonce", "nonce too low"),                      means: "refused",   next: "set the clock of this machine, then decide anew" },
  { name: "expired on its way",         when: says("action expired", "expiresAfter"),                      means: "refused",   next: "it arrived too late and was not taken: decide anew" },
  { name: "reduce-only",                when: says("Reduce only order would increase position"),           means: "refused",   next: `the position is gone, turned, or covered by other orders: ${fresh}`, remedy: "reread" },
  { name: "price band",                 when: says("away from the reference price", "too far from oracle", "more aggressive than oracle"), means: "refused", next: "send a limit order at the edge of the band", remedy: "band" },
  { name: "nothing to match",           when: says("could not immediately match"),                         means: "expired",   next: "nothing was filled: the guard decides on what is left" },
  { name: "no liquidity",               when: says("No liquidity available"),                              means: "expired",   next: "nothing was filled: the guard decides on what is left" },
  { name: "trigger reached",            when: says("Invalid TP/SL price"),                                 means: "refused",   next: "the price is there already: reduce now" },
  { name: "not there any more",         when: says("never placed, already canceled, or filled"),           means: "refused",   next: "the order is no longer open" },
  { name: "margin",                     when: says("Insufficient margin", "Cannot remove more margin", "margin tier limit", "maximum position size"), means: "refused", next: fresh },
  { name: "no isolated position",       when: says("Cannot update isolated margin"),                       means: "refused",   next: fresh },
  { name: "open interest",              when: says("open interest"),                                       means: "refused",   next: "the venue takes no order that opens just now" },
  { name: "size, value or tick",        when: says("minimum value", "divisible by tick size", "invalid price", "invalid size", "zero size", "Invalid cloid", "Invalid asset", "time in force"), means: "refused", next: "report this: the message was built wrongly" },
  { name: "signer",                     when: says("does not exist", "Unable to recover signer"),          means: "refused",   next: "the agent is not, or no longer, approved for this account: approve one" },
  { name: "halted",                     when: says("Trading is halted", "Only reduce-only orders are allowed", "only post-only orders allowed"), means: "refused", next: "the coin is not trading normally: see the venue's notices", remedy: "wait" },
  { name: "too many requests",          when: (t) => status(429)(t) || says("Too many cumulative requests", "rate limit")(t), means: "refused", next: resend, remedy: "wait" },
  nothingSent,
];

/** Classifies trouble; the default is ambiguous. */
export const classify = classifierOf(HYPERLIQUID, rows);
