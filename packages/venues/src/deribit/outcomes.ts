import { type Row, classifierOf, code, nothingSent, says, status } from "@plimsoll/venues/exchange";
import { DERIBIT } from "./written.ts";

const fresh = "read the account again and decide anew";
const ask = "ask by label";

/**
 * The venue's answers to an order, a stop or a cancel, first match decides; what no row knows is ambiguous. A row says refused only where
 * the documentation says that the request was not taken. A lock by its own liquidation has no code that is documented as such: the rows
 * of locks say what is.
 * @source docs.deribit.com/articles/errors, as of 2026; "invalid_reduce_only_order" and bad parameters seen on its test network
 */
// oxfmt-ignore
export const rows: readonly Row[] = [
  { name: "reduce-only",                when: (t) => code(11030)(t) && says("reduce_only")(t),            means: "refused",   next: `the position is gone or turned, or another order covers it: ${fresh}`, remedy: "reread" },
  { name: "other reject",               when: code(11030),                                               means: "refused",   next: fresh },
  { name: "price band",                 when: code(10005, 10006, 10007, 10008, 10011),                    means: "refused",   next: "send a limit order at the edge of the band", remedy: "band", edge: /price_too_(?:low|high)(?:4idx)? (\d+(?:\.\d+)?)/ },
  { name: "timed out before it was taken", when: code(13888),                                            means: "refused",   next: `the message came too late: ${fresh}` },
  { name: "too many requests",          when: (t) => status(429)(t) || code(10028, 10047, 10066)(t),      means: "refused",   next: "send again after a pause, as long as the intent is valid", remedy: "wait" },
  { name: "retry",                      when: code(10040),                                               means: "refused",   next: "send again after a pause, as long as the intent is valid", remedy: "wait" },
  { name: "settling",                   when: code(10041),                                               means: "refused",   next: "trading pauses for seconds at 08:00 UTC: send again", remedy: "wait" },
  { name: "maintenance or method off",  when: code(11051, 13503, 13025),                                  means: "refused",   next: "the venue takes nothing now: see its notices", remedy: "wait" },
  { name: "account locked",             when: code(10019, 11098, 13002),                                  means: "refused",   next: "the venue holds the account, for its liquidation or by an admin: nothing is taken until it lets go", remedy: "wait" },
  { name: "liquidation order",          when: code(10045, 10046),                                        means: "refused",   next: "the venue is liquidating the account: its orders cannot be touched" },
  { name: "position lock",              when: code(10072),                                               means: "refused",   next: "the account may only reduce" },
  { name: "slow or failed inside",      when: code(10001, 11031, 11094, 13008, 13028),                    means: "ambiguous", next: ask },
  { name: "no such order",              when: code(10004, 10029, 10025),                                  means: "not-found", next: "" },
  { name: "not open",                   when: code(11044, 10010, 11008),                                  means: "refused",   next: "the order is no longer open" },
  { name: "funds",                      when: code(10009, 10039),                                        means: "refused",   next: fresh },
  { name: "size or order limits",       when: code(10013, 10014, 10015, 10016, 10017, 10018, 10037, 10038), means: "refused", next: `cancel orders that add risk, then ${fresh}` },
  { name: "too many trigger orders",    when: code(11035),                                               means: "refused",   next: "cancel stops that protect nothing, then place this one" },
  { name: "trigger price",              when: code(10034, 10035, 11036),                                  means: "refused",   next: "the price is there already or too far: put the trigger elsewhere, or reduce now" },
  { name: "own order in the way",       when: code(10003),                                               means: "refused",   next: "cancel the order of the other side first" },
  { name: "book closed",                when: code(10012, 10020, 11037, 11046, 13019, 13020),             means: "refused",   next: "the contract is not trading: see the venue's notices" },
  { name: "tick or step",               when: code(10002, 10021, 10022, 10023, 10026, 10027, 10032, 10043, 10044), means: "refused", next: "read the terms again: tick or step changed" },
  { name: "key or permission",          when: code(9999, 10000, 11042, 13004, 13007, 13009, 13012, 13021, 13031), means: "refused", next: "check the key, its scopes and its address list" },
  { name: "blocked by the firewall",    when: status(403),                                               means: "refused",   next: "check address and region of this machine" },
  { name: "bad parameter",              when: code(-32602, -32601, -32600, -32700, -32000, 10031, 11029, 11043, 11047, 11049, 11050, 13010, 13016), means: "refused", next: "report this: the message was built wrongly" },
  nothingSent,
];

/** Classifies trouble; the default is ambiguous. */
export const classify = classifierOf(DERIBIT, rows);
