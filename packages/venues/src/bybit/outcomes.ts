import { type Row, classifierOf, code, nothingSent, status } from "@plimsoll/venues/exchange";
import { BYBIT } from "./written.ts";

const ask = "ask by client id";
const fresh = "read the account again and decide anew";
const resend = "send again after a pause, as long as the intent is valid";
const built = "report this: the message was built wrongly";

/**
 * The venue's answers to an order, a cancel or a margin move, first match decides; what no row knows is ambiguous.
 * A row says refused only where the venue rejects before matching; a time-out or a system error may have taken effect.
 * @source bybit-exchange.github.io/docs/v5/error (codes and words), docs/v5/rate-limit (403); that a rate limit is counted before an
 *   order is taken follows from its page.
 */
// oxfmt-ignore
export const rows: readonly Row[] = [
  { name: "10000 server timeout",        when: code(10_000),                                  means: "ambiguous", next: ask },
  { name: "10016 internal error",        when: code(10_016),                                  means: "ambiguous", next: ask },
  { name: "10019 restarting",            when: code(10_019),                                  means: "ambiguous", next: ask },
  { name: "110072 duplicate id",         when: code(110_072, 110_030),                        means: "ambiguous", next: "an earlier copy arrived: ask by client id" },
  { name: "too many requests",           when: (t) => status(429)(t) || code(429, 10_006, 10_018, 10_429)(t), means: "refused", next: resend, remedy: "wait" },
  { name: "403 address refused",         when: status(403),                                   means: "refused",   next: "the address asked too often or is of a region not served: wait ten minutes, then check", remedy: "wait" },
  { name: "10002 timestamp",             when: code(10_002, -1),                              means: "refused",   next: "set the clock of this machine, then send again" },
  { name: "key or permission",           when: code(10_003, 10_004, 10_005, 10_007, 10_008, 10_009, 10_010, 10_024, 10_027, 10_029, 33_004, -2015), means: "refused", next: "check the key, its permissions and its address list" },
  { name: "110017 reduce-only",          when: code(110_017),                                 means: "refused",   next: `the position is gone, turned, or covered by other orders: ${fresh}`, remedy: "reread" },
  { name: "110034 no position",          when: code(110_034),                                 means: "refused",   next: fresh, remedy: "reread" },
  { name: "110003 price band",           when: code(110_003),                                 means: "refused",   next: "send a limit order at the edge of the band", remedy: "band" },
  { name: "110001 not there any more",   when: code(110_001, 110_008, 110_010, 110_019),      means: "refused",   next: "the order is no longer open" },
  { name: "trigger reached",             when: code(110_092, 110_093),                        means: "refused",   next: "the price is there already: reduce now" },
  { name: "too many stops",              when: code(110_009, 110_020),                        means: "refused",   next: "cancel orders that are not needed any more" },
  { name: "margin or balance",           when: code(110_004, 110_006, 110_007, 110_011, 110_012, 110_014, 110_039, 110_040, 110_044, 110_045, 110_046), means: "refused", next: fresh },
  { name: "cross or no position",        when: code(110_015, 110_033, 110_027),               means: "refused",   next: fresh },
  { name: "position being liquidated",   when: code(110_005, 110_035),                        means: "refused",   next: `the venue has the position in hand: ${fresh}`, remedy: "reread" },
  { name: "symbol does not trade",       when: code(110_063, 110_066),                        means: "refused",   next: "the symbol is not trading normally: see the venue's notices", remedy: "wait" },
  { name: "only reducing is allowed",    when: code(110_023, 110_042),                        means: "refused",   next: fresh },
  { name: "size or value",               when: code(110_016, 110_021, 110_090, 110_094, 3_100_116), means: "refused", next: fresh },
  { name: "10001 parameter",             when: code(10_001, 10_017, 110_032, 3_100_198),      means: "refused",   next: built },
  nothingSent,
];

/** Classifies trouble; the default is ambiguous. */
export const classify = classifierOf(BYBIT, rows);
