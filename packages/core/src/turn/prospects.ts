import { type Holding, parameterSet } from "@plimsoll/core/book";
import type { Terms } from "@plimsoll/core/margin";
import { hashWith } from "@plimsoll/core/policy";
import { type Prospect, prospectsOf } from "@plimsoll/core/risk";
import type { Ms } from "@plimsoll/core/units";
import type { Facts } from "./apply-event.ts";
import type { TurnPorts } from "./contract.ts";

/** What is coming for each parameter set, computed once for the document in force; cleared when documents or changes come in. */
export type ProspectBook = Map<
  string,
  { readonly base: Terms<unknown>; readonly isValid: boolean; readonly prospects: readonly Prospect[] }
>;

/** The prospects of a holding's rules; `base` is the document in force for it. */
export function prospectsFor(
  ports: TurnPorts,
  facts: Facts,
  book: ProspectBook,
  holding: Holding,
  base: Terms<unknown>,
  now: Ms,
): readonly Prospect[] {
  const set = parameterSet(holding);
  const isValid = base.validFrom <= now;
  const held = book.get(set);
  if (held?.base === base && held.isValid === isValid) return held.prospects;
  const documents = facts.terms.get(set) ?? [];
  const pending = [...facts.pending.values()].flat();
  const prospects = prospectsOf(
    base,
    { documents, pending },
    now,
    hashWith((bytes) => ports.sha256(bytes)),
  );
  book.set(set, { base, isValid, prospects });
  return prospects;
}
