import { type Ms, DAY_MS, ms } from "@plimsoll/core/units";
import { evaluate, factorValues, sumAt } from "./evaluate.ts";
import type { MarginForm } from "./form.ts";

/**
 * When the surplus reaches 0 by funding and interest alone, at frozen prices and today's rates.
 * @returns "never" when the rates do not take the account there; the form's own time when it is there already.
 */
export function crossesAt(form: MarginForm, quotes: ArrayLike<number>, h = 1): Ms | "never" {
  const surplus = evaluate(form, quotes).surplus(h);
  if (surplus <= 0) return ms(form.compiledAtMs);
  if (form.accrual === undefined) return "never";
  const perDay = sumAt(form.accrual, factorValues(form.factors, quotes), form);
  return perDay < 0 ? ms(form.compiledAtMs + Math.round((surplus / -perDay) * DAY_MS)) : "never";
}
