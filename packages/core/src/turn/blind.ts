import type { Assessment, Quote } from "@plimsoll/core/margin";
import type { Ground } from "@plimsoll/core/planner";
import { openScenes, standIns } from "@plimsoll/core/protection";
import { type Ages, type Word, maintenanceOf, wordOf, worse } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type Exact,
  type Ms,
  type QuoteKey,
  brief,
  larger,
  ms,
  smaller,
  why,
} from "@plimsoll/core/units";
import type { Facts } from "./apply-event.ts";
import { outlookOf } from "./outlook.ts";

/** An account whose venue is silent: its last position at the prices of others, as a range. */
export interface BlindRange {
  readonly equity: { readonly low: Exact; readonly high: Exact };
  /** The word at the worst of the range. */
  readonly word: Word;
  /** The account there. */
  readonly assessment: Assessment;
  /** The prices there. */
  readonly quotes: ReadonlyMap<QuoteKey, Quote>;
  /** Time of the oldest price that stands in. */
  readonly asOf: Ms;
  readonly from: readonly QuoteKey[];
}

/** The range of an account in which some prices are lost or too old; undefined where no other venue tells them, or none is silent. */
export function blindRange(
  { engine, holding, scene }: Ground,
  account: AccountKey,
  keys: readonly QuoteKey[],
  facts: Facts,
  ages: Ages,
): BlindRange | undefined {
  const isYoung = (key: QuoteKey, { kind, asOf }: Quote) =>
    !facts.lost.has(key) && scene.now - asOf <= ages.quoteMs[kind] && asOf - scene.now <= ages.aheadMs;
  const silent = keys.filter((key) => {
    const quote = facts.quotes.get(key);
    return quote !== undefined && !isYoung(key, quote);
  });
  const prices = silent.length === 0 ? undefined : standIns(silent, facts.quotes, isYoung);
  if (prices === undefined || !prices.ok) return undefined;
  const seen = openScenes(scene, prices.value).map((open) => {
    const assessment = engine.assess(holding, account, open);
    const compiled = engine.compile(holding, account, open, "maintenance");
    const { reaches } = outlookOf("form" in compiled ? compiled.form : undefined, open);
    return { assessment, word: wordOf({ assessment, reaches }), quotes: open.quotes };
  });
  const worst = seen.reduce((a, b) => (isWorse(a, b) ? a : b));
  const equities = seen.flatMap(({ assessment: { equity } }) => (equity.is === "known" ? [equity.value] : []));
  if (equities.length < seen.length) return undefined;
  const equity = { low: equities.reduce(smaller), high: equities.reduce(larger) };
  const from = [...new Set(prices.value.flatMap((price) => price.from))];
  const detail = `its venue is silent: at the prices of ${from.join(", ")} the equity is ${brief(equity.low)} to ${brief(equity.high)}; ${worst.word.danger} at the worst of it`;
  return {
    ...{ equity, from, assessment: worst.assessment, quotes: worst.quotes },
    word: { danger: worst.word.danger, because: why("blind-range", { detail }) },
    asOf: ms(Math.min(...prices.value.map(({ asOf }) => asOf))),
  };
}

interface Seen {
  readonly assessment: Assessment;
  readonly word: Word;
}
/** By the word, then by the health of the line. */
function isWorse(a: Seen, b: Seen): boolean {
  if (a.word.danger !== b.word.danger) return worse(a.word.danger, b.word.danger) === a.word.danger;
  const [left, right] = [a, b].map(({ assessment }) => maintenanceOf(assessment)?.health);
  return left !== undefined && (right === undefined || smaller(left, right) === left);
}
