import { type Exact, type HoldingId, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Asked } from "./grammar.ts";

/** What the owner lets be signed for one holding; what is not named here is refused. */
export interface SignerRules {
  readonly holding: HoldingId;
  /** Symbols whose position may be reduced, and on which stops may lie. */
  readonly instruments: readonly string[];
  /** Assets that may be supplied, repaid or moved as margin, and the most of each in any 24 hours. */
  readonly assets: readonly { readonly asset: string; readonly perDay: Exact }[];
  /** Symbols in which a declared hedge may open a position, and the most of each in any 24 hours. */
  readonly hedges: readonly { readonly instrument: string; readonly perDay: Exact }[];
}

/** An amount that counts against a limit of the day; `what` names its counter. */
export interface Take {
  readonly what: string;
  readonly amount: Exact;
  readonly perDay: Exact;
}

/** The counters of a holding's limits, by name. */
export const limitsIn = ({ assets, hedges }: SignerRules): readonly string[] => [
  ...assets.map(({ asset }) => `asset ${asset}`),
  ...hedges.map(({ instrument }) => `hedge ${instrument}`),
];

/**
 * Judges one action by the rules alone.
 * @returns what it takes of a counter, nothing for what can only reduce or cancel; or why it is never signed.
 */
export function judge(rules: SignerRules, action: Asked): Result<Take | undefined, Why> {
  switch (action.do) {
    case "order":
      return action.reduceOnly ? instrumentAllowed(rules, action.instrument) : hedge(rules, action);
    case "stop":
      return instrumentAllowed(rules, action.instrument);
    case "cancel":
      return ok(undefined);
    case "supply":
    case "repay":
    case "move-margin": {
      const limit = rules.assets.find(({ asset }) => asset === action.asset);
      if (limit === undefined)
        return fail(
          notListed(
            "asset",
            action.asset,
            rules.assets.map(({ asset }) => asset),
          ),
        );
      return ok({ what: `asset ${action.asset}`, amount: action.amount, perDay: limit.perDay });
    }
  }
}

function instrumentAllowed({ instruments }: SignerRules, instrument: string): Result<undefined, Why> {
  return instruments.includes(instrument) ? ok(undefined) : fail(notListed("instrument", instrument, instruments));
}

/** Reduce-only is the rule; opening is signed only for a hedge that says what it hedges. */
function hedge({ hedges }: SignerRules, order: Extract<Asked, { do: "order" }>): Result<Take, Why> {
  const { instrument, size } = order;
  if (order.hedges === undefined)
    return fail(why("signer/not-reduce-only", { instrument, next: "mark the order reduce-only" }));
  const limit = hedges.find((each) => each.instrument === instrument);
  if (limit === undefined)
    return fail(
      notListed(
        "hedge",
        instrument,
        hedges.map((each) => each.instrument),
      ),
    );
  return ok({ what: `hedge ${instrument}`, amount: size, perDay: limit.perDay });
}

const notListed = (kind: string, asked: string, listed: readonly string[]): Why =>
  why("signer/not-on-the-list", {
    [kind]: asked,
    listed: listed.length === 0 ? "none" : listed.join(", "),
    next: "add it to the signer's rules and start the signer again",
  });
