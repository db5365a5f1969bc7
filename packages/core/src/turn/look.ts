import type { Holding } from "@plimsoll/core/book";
import type { Assessment, Scene } from "@plimsoll/core/margin";
import type { Field, Ground } from "@plimsoll/core/planner";
import { type Ages, type Prospect, type Word, foresee, maintenanceOf, wordOf, worse } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  type QuoteKey,
  type Why,
  accountKey,
  ms,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Facts, termsOf } from "./apply-event.ts";
import type { AccountView, TurnPorts } from "./contract.ts";
import { type BlindRange, blindRange } from "./blind.ts";
import { distanceOf, outlookOf, togetherOf } from "./outlook.ts";

/** One account as last computed, and what that rested on. */
export interface Look {
  readonly view: AccountView;
  /** The prices it depends on; "any" where not even that could be said. */
  readonly quotes: readonly QuoteKey[] | "any";
  /** Time of the oldest thing it rests on. */
  readonly oldest: Ms;
  /** On the last known data, however old; absent where the engine could not read them. */
  readonly assessment?: Assessment;
  /** At the prices of others, where its own are silent and others tell them. */
  readonly range?: BlindRange;
}

/** The holding under its engine, brought to now at frozen prices; or why that cannot be. */
export function groundOf(ports: TurnPorts, facts: Facts, holding: Holding, now: Ms): Ground | Why {
  const { venue, rules } = holding;
  const engine = ports.engineOf(venue, rules);
  if (engine === undefined) return why("rules-not-modelled", { venue, rules, next: "update, or watch it by hand" });
  const terms = termsOf(facts, holding, now);
  if (terms === undefined) return why("terms-missing", { venue, rules, next: "wait for the feed to report them" });
  const readable = engine.readable(holding, terms);
  if (!readable.ok) return readable.failure;
  const scene: Scene<unknown> = { now, quotes: facts.quotes, terms };
  return { engine, scene, holding: now > holding.asOf ? engine.advance(holding, now, scene) : holding };
}
export const isGround = (ground: Ground | Why): ground is Ground => "engine" in ground;

/** The wallets that pay for holdings, and when each was read. */
export const walletsOf = ({ holdings }: Pick<Facts, "holdings">): NonNullable<Field["wallets"]> =>
  new Map(
    [...holdings.values()].flatMap(({ id, wallet, asOf }) =>
      wallet === undefined ? [] : [[id, { name: wallet, readAt: asOf }] as const],
    ),
  );

/** What stands in for the accounts of a holding that cannot be read. */
export function blindLook({ id, venue, rules, asOf }: Holding, reason: Why): Look {
  const account = accountKey(id);
  const view = { holding: id, venue, rules, account, asOf, danger: "unknown", because: reason } as const;
  return { view: { ...view, equity: unknown(reason), boundaries: [] }, quotes: "any", oldest: asOf };
}

/** Assesses one account exactly, finds where each price takes it, and gives the danger word; whatever is old or missing raises it. */
export function lookAt(
  ground: Ground,
  held: Holding,
  account: AccountKey,
  facts: Facts,
  ages: Ages,
  prospects: readonly Prospect[],
): Look {
  const { engine, holding, scene } = ground;
  const assessment = engine.assess(holding, account, scene);
  const compiled = engine.compile(holding, account, scene, "maintenance");
  const form = "form" in compiled ? compiled.form : undefined;
  const outlook = outlookOf(form, scene);
  const quotes = form?.quotes ?? ("none" in compiled ? [] : "any");
  const known = wordOf({ assessment, reaches: outlook.reaches });
  const { ofHolding, ofQuotes, oldest } = doubtOf(held, quotes, facts, scene.now, ages);
  const doubt = ofHolding ?? ofQuotes;
  // where the account's prices cannot be named, an old one may be another account's: what the engine missed comes first
  const missed = quotes === "any" && assessment.equity.is === "unknown" ? assessment.equity.why : undefined;
  const blind =
    ofHolding ??
    missed ??
    ofQuotes ??
    ("unknown" in compiled ? why("form-unknown", { detail: compiled.unknown }) : undefined);
  const range = doubt === undefined || quotes === "any" ? undefined : blindRange(ground, account, quotes, facts, ages);
  const { danger, because } = blind === undefined ? known : worstWord(raised(known, blind), range?.word);
  const maintenance = maintenanceOf(assessment);
  const [distance, together] = [distanceOf(outlook), togetherOf(outlook)];
  const foreseen = foresee(engine, holding, account, scene, prospects);
  const view: AccountView = {
    ...{ holding: held.id, venue: held.venue, rules: held.rules, account, asOf: held.asOf },
    ...{ danger, because, assessment, boundaries: outlook.boundaries },
    equity: doubt === undefined ? assessment.equity : stale(assessment.equity, doubt),
    ...(maintenance !== undefined && { maintenance }),
    ...(distance !== undefined && { distance }),
    ...(together !== undefined && { together }),
    ...(foreseen.length > 0 && { foreseen }),
    ...(range !== undefined && { blind: { equity: range.equity, from: range.from } }),
  };
  return { view, quotes, oldest, assessment, ...(range !== undefined && { range }) };
}

/** Unknown never hides a danger that the last known data already showed. */
const raised = (word: Word, because: Why): Word =>
  worse(word.danger, "unknown") === "unknown" ? { danger: "unknown", because } : word;

/** What other venues' prices say can worsen a word, never better it. */
const worstWord = (word: Word, other: Word | undefined): Word =>
  other !== undefined && worse(word.danger, other.danger) !== word.danger ? other : word;

const stale = (equity: Figure<Exact>, reason: Why): Figure<Exact> =>
  equity.is === "known" ? { is: "stale", last: equity.value, asOf: equity.asOf, why: reason } : equity;

/** What is lost, too old or from the future: the holding, and the first such price; and the time of the oldest. */
function doubtOf(held: Holding, keys: Look["quotes"], facts: Facts, now: Ms, ages: Ages) {
  const ofVenue = () => [...facts.quotes.keys()].filter((key) => key.startsWith(`${held.venue}:`));
  const quotes = (keys === "any" ? ofVenue() : keys).map((key) => ({ key, quote: facts.quotes.get(key) }));
  const onChain = quotes.some(({ quote }) => quote?.kind === "oracle" || quote?.kind === "next-oracle");
  const holdingMs = onChain ? ages.holdingMs.chain : ages.holdingMs.exchange;
  const parts = [
    { what: held.id, asOf: held.asOf, limitMs: holdingMs },
    ...quotes.flatMap(({ key, quote }) =>
      quote === undefined ? [] : [{ what: key, asOf: quote.asOf, limitMs: ages.quoteMs[quote.kind] }],
    ),
  ];
  const [ofHolding, ...others] = parts.map(({ what, asOf, limitMs }): Why | undefined => {
    const lost = facts.lost.get(what);
    if (lost !== undefined) return lost;
    const ageMs = now - asOf;
    if (ageMs < -ages.aheadMs) return why("clock-ahead", { what, aheadMs: `${-ageMs}`, next: "set the clock right" });
    if (ageMs <= limitMs) return undefined;
    return why("stale", { what, ageMs: `${ageMs}`, limitMs: `${limitMs}`, next: "check the feed" });
  });
  const ofQuotes = others.find((doubt) => doubt !== undefined);
  return { ofHolding, ofQuotes, oldest: ms(Math.min(...parts.map(({ asOf }) => asOf))) };
}
