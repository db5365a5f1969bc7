import { type Exact, type Figure, type Why, fromNumber, rescale, text, trim } from "@plimsoll/core/units";
import type { Amount, AmountFigure, Moment, Reason } from "@plimsoll/server/contract";

/** Our own types as the contract's plain ones: decimal text with its unit, moments for people and for arithmetic. */
export const viewAmount = (value: Exact, unit: string): Amount => ({ value: text(value), unit });
export const viewMoment = (at: number): Moment => ({ iso: new Date(at).toISOString(), ms: at });
export const viewReason = ({ code, facts }: Why): Reason => ({ code, facts: { ...facts } });

export function viewFigure(figure: Figure<Exact>, unit: string): AmountFigure {
  switch (figure.is) {
    case "known":
      return { is: "known", amount: viewAmount(figure.value, unit), asOf: viewMoment(figure.asOf), from: figure.from };
    case "stale":
      return {
        is: "stale",
        last: viewAmount(figure.last, unit),
        asOf: viewMoment(figure.asOf),
        why: viewReason(figure.why),
      };
    case "unknown":
      return { is: "unknown", why: viewReason(figure.why) };
    case "none":
      return { is: "none", why: viewReason(figure.why) };
  }
}

/** A float of a form or a sweep as decimal text with at most `places` decimals. */
export const decimalOf = (value: number, places = 12): string =>
  text(trim(rescale(fromNumber(value), places, "half-even")));
