import { type Row, classifierOf, code, nothingSent, status } from "@plimsoll/venues/exchange";
import { OKX } from "./written.ts";

const ask = "ask by client id";
const fresh = "read the account again and decide anew";
const resend = "send again after a pause, as long as the intent is valid";
const price = /(?:price(?: is)?|limit)\D{0,20}?(\d+(?:\.\d+)?)/i;

/**
 * The venue's answers to an order, a cancel or a margin move: the code of its row before that of the call, first match decides; what no
 * row knows is ambiguous. 50004 says itself that it means neither success nor failure.
 * @source OKX API documentation (www.okx.com/docs-v5), error codes: 50xxx of a call, 51xxx of trading, 59xxx of settings
 */
// oxfmt-ignore
export const rows: readonly Row[] = [
  { name: "50004 timeout",             when: code(50_004),                                             means: "ambiguous", next: ask },
  { name: "50026 system error",        when: code(50_026, 50_000),                                     means: "ambiguous", next: ask },
  { name: "duplicate id",              when: code(51_016, 51_065, 51_011),                             means: "ambiguous", next: "an earlier copy arrived: ask by client id" },
  { name: "51603 no such order",       when: code(51_603),                                             means: "not-found", next: "" },
  { name: "too many requests",         when: (t) => status(429)(t) || code(50_011, 50_040, 50_061)(t), means: "refused", next: resend, remedy: "wait" },
  { name: "venue busy or upgrading",   when: code(50_001, 50_005, 50_013),                             means: "refused",   next: resend, remedy: "wait" },
  { name: "timestamp",                 when: code(50_102, 50_112),                                     means: "refused",   next: "set the clock of this machine, then send again" },
  { name: "key or permission",         when: (t) => status(401)(t) || code(50_007, 50_012, 50_027, 50_100, 50_101, 50_103, 50_104, 50_105, 50_106, 50_107, 50_110, 50_111, 50_113, 50_114, 50_120)(t), means: "refused", next: "check the key, its permissions and its address list" },
  { name: "frozen by liquidation",     when: code(50_009, 50_017, 50_018, 50_019, 50_020, 50_021, 50_022, 50_023), means: "refused", next: `the venue has the account in hand: ${fresh}`, remedy: "reread" },
  { name: "51169 reduce-only",         when: code(51_169, 51_112, 51_023, 51_134, 51_205),             means: "refused",   next: `the position is gone, turned, or covered by other orders: ${fresh}`, remedy: "reread" },
  { name: "51115 cancel others first", when: code(51_115, 51_117),                                     means: "refused",   next: "other closing orders are in the way: cancel them", remedy: "reread" },
  { name: "price band",                when: code(51_006, 51_031, 51_116, 51_122, 51_135, 51_136, 51_137, 51_138, 51_250, 51_252), means: "refused", next: "send a limit order at the edge of the band", remedy: "band", edge: price },
  { name: "trigger reached",           when: code(51_277, 51_278, 51_279, 51_280, 51_300, 51_302, 51_303, 51_304), means: "refused", next: "the price is there already: reduce now" },
  { name: "closeFraction",             when: code(51_327, 51_328, 51_329, 51_330),                     means: "refused",   next: "name a size" },
  { name: "too many stops",            when: code(51_025, 51_260, 51_261, 51_174),                     means: "refused",   next: "cancel orders that are not needed any more" },
  { name: "not there any more",        when: code(51_400, 51_401, 51_402, 51_405, 51_410),             means: "refused",   next: "the order is no longer open" },
  { name: "margin or balance",         when: code(51_008, 51_119, 51_127, 51_131, 59_200, 59_300, 59_301), means: "refused", next: fresh },
  { name: "does not trade",            when: code(51_009, 51_021, 51_022, 51_024, 51_027, 51_028, 51_029, 51_030), means: "refused", next: "the instrument is not trading normally: see the venue's notices", remedy: "wait" },
  { name: "size or tier",              when: code(51_004, 51_005, 51_007, 51_020, 51_100, 51_101, 51_108, 51_120, 51_121, 51_150, 51_201, 51_202, 51_203, 51_275), means: "refused", next: fresh },
  { name: "bad parameter",             when: code(50_002, 50_006, 50_014, 50_015, 50_016, 50_024, 50_025, 50_115, 51_000, 51_001, 51_002, 51_003, 51_010, 51_012, 51_014, 51_015), means: "refused", next: "report this: the message was built wrongly" },
  nothingSent,
];

/** Classifies trouble; the default is ambiguous. */
export const classify = classifierOf(OKX, rows);
