import { type Terms, diffTerms, parameterSet } from "@plimsoll/core/book";
import type { Line } from "@plimsoll/core/margin";
import type { Intent } from "@plimsoll/core/planner";
import type { BookMode, BookView, Decision } from "@plimsoll/core/turn";
import type { AccountKey } from "@plimsoll/core/units";
import type { Written } from "@plimsoll/keeper";
import { countText, reasonText } from "@plimsoll/server/display";
import type { Happening } from "@plimsoll/server/view";

type What = Happening["what"];

/** Changed parameters that a timeline names; plimsoll venue terms lists all. */
const MOST_CHANGES = 5;

/** What a mode means for whoever relies on the house. */
const modeMeaning: Readonly<Record<BookMode, string>> = {
  shadow: ": it decides and does not send; it protects nobody",
  armed: "",
  "reduce-only": ": only what reduces, adds collateral or cancels is sent",
  halted: ": nothing new is sent; it protects nobody",
};

/** Turns journal entries, in their order, into what a timeline shows. */
export class Happenings {
  readonly #all: Happening[] = [];
  readonly #intents = new Map<string, { readonly intent: Intent; readonly predicted: readonly Line[] }>();
  readonly #plans = new Map<string, readonly { readonly account: AccountKey; readonly lines: readonly Line[] }[]>();

  readonly #terms = new Map<string, Terms<unknown>>();

  /** `view` is the book after these entries: outcomes are compared with it. */
  add(written: readonly Written[], view: () => BookView): void {
    for (const { at, record } of written) {
      for (const what of this.#read(record, view)) this.#all.push({ seq: this.#all.length + 1, at, what });
    }
  }

  /** Newest first: those with a smaller `seq` than `before`, at most `limit`. */
  page({ before = Infinity, limit }: { readonly before?: number; readonly limit: number }): readonly Happening[] {
    const end = Math.min(this.#all.length, before - 1);
    return this.#all.slice(Math.max(0, end - limit), end).toReversed();
  }

  note(at: Happening["at"], text: string): void {
    this.#all.push({ seq: this.#all.length + 1, at, what: { is: "note", text } });
  }

  #read(record: Written["record"], view: () => BookView): readonly What[] {
    if (record.kind === "decided") return record.decisions.flatMap((decision) => this.#decided(decision));
    if (record.kind === "halted") return [{ is: "note", text: `Stopped: ${record.detail}` }];
    if (record.kind !== "input") return [];
    const { event } = record.input;
    switch (event.type) {
      case "act":
        return [{ is: "note", text: `${event.who} confirmed the plan ${event.plan.hash.slice(0, 12)}` }];
      case "outcome": {
        const known = this.#intents.get(event.key);
        if (known === undefined) return [];
        const { account } = known.intent.step;
        if (event.outcome.state !== "done") return [{ is: "outcome", outcome: event.outcome, intent: known.intent }];
        const actual = view().accounts.find((each) => each.account === account)?.assessment?.lines;
        return [{ is: "outcome", outcome: event.outcome, ...known, ...(actual && { actual }) }];
      }
      case "effect": {
        const { holding, account, taken, fee, text } = event;
        return [{ is: "venue", did: text, holding, ...(account && { account }), taken, fee }];
      }
      case "lost":
        return [
          { is: "note", text: `Lost sight of ${event.what}: ${event.why.facts["detail"] ?? reasonText(event.why)}` },
        ];
      case "policy":
        return [{ is: "note", text: `${event.guards.length} guards in force` }];
      case "mode":
        return [{ is: "note", text: `${event.who} set the mode to ${event.mode}${modeMeaning[event.mode]}` }];
      case "terms":
        return this.#rules(event.terms);
      case "pending":
        return [
          { is: "note", text: `${event.of}: ${countText(event.changes.length, "coming change")} of rules known` },
        ];
      case "venue-state": {
        const { venue, of, state, why } = event;
        return [{ is: "note", text: `${venue}: ${of} ${state}${why === undefined ? "" : `, ${reasonText(why)}`}` }];
      }
      case "holding":
      case "price":
      case "depth":
      case "gas":
      case "rate-budget":
      case "permission":
      case "parity":
      case "tick":
        return [];
    }
  }

  /** What a document changed against the one before; the first of a parameter set changes nothing. */
  #rules(terms: Terms<unknown>): readonly What[] {
    const set = parameterSet(terms);
    const before = this.#terms.get(set);
    this.#terms.set(set, terms);
    if (before === undefined || before.hash === terms.hash) return [];
    const changes = diffTerms(before.body, terms.body);
    const named = changes
      .slice(0, MOST_CHANGES)
      .map(({ path, from, to }) => `${path} ${from ?? "(none)"} becomes ${to ?? "(none)"}`);
    const more = changes.length - named.length;
    const from = new Date(terms.validFrom).toISOString().slice(0, 10);
    return [
      {
        is: "note",
        text: `Rules of ${terms.venue} from ${from}: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
      },
    ];
  }

  #decided(decision: Decision): readonly What[] {
    switch (decision.type) {
      case "plan":
        this.#plans.set(decision.plan.hash, decision.plan.after);
        return [{ is: "plan", plan: decision.plan }];
      case "intend": {
        const { intent, because } = decision;
        const predicted =
          this.#plans.get(intent.plan)?.find(({ account }) => account === intent.step.account)?.lines ?? [];
        this.#intents.set(intent.key, { intent, predicted });
        return [{ is: "intent", intent, because }];
      }
      case "alert":
        return [{ is: "alert", danger: decision.danger, why: decision.why }];
    }
  }
}
