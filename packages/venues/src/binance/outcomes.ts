import { type Row, classifierOf, code, nothingSent, says, status } from "@plimsoll/venues/exchange";
import { BINANCE } from "./written.ts";

const resend = "send again after a pause, as long as the intent is valid";
const fresh = "read the account again and decide anew";

/**
 * The venue's answers to an order, a cancel or a margin move, first match decides; what no row knows is ambiguous.
 * A row says refused only where the documentation says that the call had no effect.
 * @source Binance USD-M documentation, general information (HTTP codes and the meanings of 503) and error codes.
 */
// oxfmt-ignore
export const rows: readonly Row[] = [
  { name: "503, status unknown",        when: (t) => status(503)(t) && says("unknown error")(t),          means: "ambiguous", next: "ask by client id" },
  { name: "-1008 overload",             when: code(-1008),                                               means: "refused",   next: `only closing orders pass: ${resend}`, remedy: "wait" },
  { name: "503, service unavailable",   when: (t) => status(503)(t) && says("service unavailable")(t),    means: "refused",   next: resend, remedy: "wait" },
  { name: "-1007 timeout inside",       when: code(-1007),                                               means: "ambiguous", next: "ask by client id" },
  { name: "-1006 unexpected response",  when: code(-1006),                                               means: "ambiguous", next: "ask by client id" },
  { name: "-1000, -1001 internal",      when: code(-1000, -1001),                                        means: "ambiguous", next: "ask by client id" },
  { name: "too many requests",          when: (t) => status(429, 418)(t) || code(-1003, -1015)(t),        means: "refused",   next: "wait as long as the venue asks", remedy: "wait" },
  { name: "blocked by the firewall",    when: status(403),                                               means: "refused",   next: "check address and region of this machine" },
  { name: "-1021 timestamp",            when: code(-1021),                                               means: "refused",   next: "set the clock of this machine, then send again" },
  { name: "key or signature",           when: code(-1002, -1022, -2014, -2015),                           means: "refused",   next: "check the key, its permissions and its address list" },
  { name: "-2022 reduce-only",          when: code(-2022),                                               means: "refused",   next: `another order covers the size, or the position is gone: ${fresh}`, remedy: "reread" },
  { name: "-4118 reduce-only",          when: code(-4118),                                               means: "refused",   next: `position or open orders do not allow it: ${fresh}`, remedy: "reread" },
  { name: "-4117 stop is triggering",   when: code(-4117),                                               means: "ambiguous", next: "ask by client id" },
  { name: "-4130 stop of all",          when: code(-4130),                                               means: "refused",   next: "one stop of the whole position lies there on that side already: name a size, or cancel it first" },
  { name: "-4045 too many stops",       when: code(-4045),                                               means: "refused",   next: "cancel orders that are not needed any more" },
  { name: "-4131 price band",           when: code(-4131, -4016, -4024),                                  means: "refused",   next: "send a limit order at the edge of the band", remedy: "band", edge: /(?:higher|lower) than (\d+(?:\.\d+)?\d*)/ },
  { name: "-4116 duplicate id",         when: code(-4116),                                               means: "ambiguous", next: "an earlier copy arrived: ask by client id" },
  { name: "-2013 no such order",        when: code(-2013),                                               means: "not-found", next: "" },
  { name: "-2011 cancel rejected",      when: code(-2011),                                               means: "refused",   next: "the order is no longer open" },
  { name: "margin or balance",          when: code(-2018, -2019, -2024, -2027, -2028, -4050, -4051),      means: "refused",   next: fresh },
  { name: "-2010, -2021 rejected",      when: code(-2010, -2021, -2025),                                  means: "refused",   next: fresh },
  { name: "bad parameter",              when: (t) => t.code !== undefined && t.code <= -1100 && t.code >= -1136, means: "refused", next: "report this: the message was built wrongly" },
  { name: "filter or mode",             when: code(-4001, -4003, -4004, -4005, -4013, -4014, -4015, -4023, -4060, -4061, -4062, -4164), means: "refused", next: fresh },
  { name: "-4046, -4055 margin move",   when: code(-4046, -4054, -4055, -4056, -4057, -4058),             means: "refused",   next: fresh },
  { name: "symbol closed",              when: code(-4140, -4141, -4400),                                  means: "refused",   next: "the symbol is not trading normally: see the venue's notices" },
  nothingSent,
];

/** Classifies trouble; the default is ambiguous. */
export const classify = classifierOf(BINANCE, rows);
