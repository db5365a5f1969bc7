import { type GapBound, judgeGap } from "@plimsoll/core/protection";
import type { BookCover } from "@plimsoll/core/turn";
import { type Exact, type HoldingId, type Ms, type QuoteKey, ZERO, add, subtract } from "@plimsoll/core/units";
import type { Left } from "./drill-result.ts";
import type { Woken } from "./stage.ts";

/** One position that was covered when the machine died, until its stop has closed it. */
interface Covered {
  readonly holding: HoldingId;
  readonly instrument: string;
  readonly bound: GapBound;
  isOpen: boolean;
  isExceeded: boolean;
}

/** What a keeper whose machine died left behind: the bounds that it printed last, held against what has come since. */
export class Legacy {
  readonly #at: Ms;
  readonly #equities: ReadonlyMap<HoldingId, Exact | undefined>;
  readonly #bare: ReadonlySet<HoldingId>;
  readonly #covered: readonly Covered[];

  constructor(covers: readonly BookCover[], equities: ReadonlyMap<HoldingId, Exact | undefined>, at: Ms) {
    this.#at = at;
    this.#equities = equities;
    this.#bare = new Set(covers.flatMap(({ holding, bound }) => (bound?.loss.is === "known" ? [] : [holding])));
    this.#covered = covers.flatMap(({ holding, instrument, bound }) =>
      instrument === undefined || bound === undefined
        ? []
        : [{ holding, instrument, bound, isOpen: true, isExceeded: false }],
    );
  }

  /** Holds the prices of now against the bounds: of a position whose stop has closed it the price at which that was. */
  look(quotes: ReadonlyMap<QuoteKey, { readonly value: Exact }>, woken: readonly Woken[]): void {
    for (const each of this.#covered.filter(({ isOpen }) => isOpen)) {
      const { holding, instrument, bound } = each;
      const stop = woken.find(
        (one) => one.holding === holding && one.instrument === instrument && one.side === bound.side,
      );
      const reached = stop?.worst ?? quotes.get(bound.quote)?.value;
      if (reached !== undefined && judgeGap(bound, reached) === "exceeded") each.isExceeded = true;
      if (stop?.result === "whole") each.isOpen = false;
    }
  }

  /** @param equity at the end. */
  of(holding: HoldingId, equity: Exact | undefined): Left | undefined {
    const before = this.#equities.get(holding);
    if (before === undefined || equity === undefined) return undefined;
    const lost = subtract(before, equity);
    const covered = this.#covered.filter((each) => each.holding === holding);
    if (this.#bare.has(holding)) return { at: this.#at, is: "bare", lost };
    const most = covered.reduce((sum, { bound: { loss } }) => (loss.is === "known" ? add(sum, loss.value) : sum), ZERO);
    const is = covered.some(({ isExceeded }) => isExceeded) ? "exceeded" : "within";
    return { at: this.#at, is, lost, most };
  }
}
