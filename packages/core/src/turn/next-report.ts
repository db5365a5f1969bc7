import type { Assessment, Quote } from "@plimsoll/core/margin";
import { type Guard, healthOf } from "@plimsoll/core/policy";
import { type QuoteKey, below, quoteKey } from "@plimsoll/core/units";
import type { TurnPorts } from "./contract.ts";
import { type Look, groundOf, isGround } from "./look.ts";
import type { State } from "./state.ts";

/** An account as it will stand at the next report, where that is worse than now. */
export interface NextReport {
  readonly assessment: Assessment;
  /** The prices that change, as they will be. */
  readonly quotes: ReadonlyMap<QuoteKey, Quote>;
}

/**
 * What the next report of prices on a chain makes of an account, price by price the more pessimistic of what is on the chain and of
 * what will be: the venue's own next price, or the off-chain one that the guard names. Nobody can act between a report and the
 * liquidation that is bundled with it.
 * @returns the report where it is worse, and the estimates that are missing or too old.
 */
export function nextReport(
  ports: TurnPorts,
  state: State,
  { estimates = [], bounds }: Guard,
  { view, quotes: keys }: Look,
): { readonly next?: NextReport; readonly missing: readonly QuoteKey[] } {
  const { facts, at: now } = state;
  const named = new Map(estimates.map(({ of, by }) => [of, by]));
  const missing: QuoteKey[] = [];
  const changes = (keys === "any" ? [...named.keys()] : keys).flatMap(
    (key): readonly (readonly [QuoteKey, Quote])[] => {
      const price = facts.quotes.get(key);
      const by = named.get(key) ?? siblingOf(key);
      const estimate = by === undefined ? undefined : facts.quotes.get(by);
      const isYoung = estimate !== undefined && !facts.lost.has(by!) && now - estimate.asOf <= bounds.maxAgeMs;
      if (named.has(key) && !isYoung) missing.push(by!);
      return price !== undefined && isYoung ? [[key, { ...price, value: estimate.value }]] : [];
    },
  );
  const held = facts.holdings.get(view.holding);
  if (changes.length === 0 || held === undefined) return { missing };
  const ground = groundOf(ports, facts, held, now);
  if (!isGround(ground)) return { missing };
  const at = (changed: ReadonlyMap<QuoteKey, Quote>): NextReport => {
    const scene = { ...ground.scene, quotes: new Map([...facts.quotes, ...changed]) };
    return { assessment: ground.engine.assess(ground.holding, view.account, scene), quotes: changed };
  };
  const health = ({ assessment }: NextReport) => healthOf(assessment, "maintenance", now);
  let worst = at(new Map());
  for (const change of changes) {
    const next = at(new Map([...worst.quotes, change]));
    const [before, after] = [health(worst), health(next)];
    if (before.is === "known" && after.is === "known" && below(after.value, before.value)) worst = next;
  }
  return worst.quotes.size === 0 ? { missing } : { next: worst, missing };
}

/** The price that a venue itself says comes next, beside an oracle's present one. */
function siblingOf(key: QuoteKey): QuoteKey | undefined {
  return key.endsWith(":oracle") ? quoteKey(key.replace(/:oracle$/, ":next-oracle")) : undefined;
}
