import { type Boundaries, type MarginForm, boundaries } from "@plimsoll/core/margin";
import type { QuoteKey } from "@plimsoll/core/units";
import { type Family, familyOf } from "./levels.ts";

/** How far some prices must move together, as a share of themselves, until they take the account. */
export interface Reach {
  readonly what: string;
  readonly quotes: readonly QuoteKey[];
  readonly share: number;
  readonly falls: boolean;
  /** How far these prices move against a major. */
  readonly multiplier: number;
}
export interface Reaches {
  readonly moves: readonly Reach[];
  /** Collateral and debt of one family hedge each other: one price alone reaches the line sooner than all of them together. */
  readonly isLoop: boolean;
}

/**
 * The nearest boundary when each family moves as one, and when everything that is not pegged does: crashes take all at once. A
 * common move is as rare as that of its calmest part.
 * @param alone for each of the form's quotes the multiples at which it takes the account while all others stand still.
 */
export function reachesOf(form: MarginForm, quotes: ArrayLike<number>, alone: readonly Boundaries[]): Reaches {
  const groups = Map.groupBy(form.quotes.keys(), (index) => familyOf(form.quotes[index]!).name);
  const moves: Reach[] = [];
  let isLoop = false;
  const move = (what: string, indexes: readonly number[], multiplier: number) => {
    const to = nearestOf(indexes.length === 1 ? alone[indexes[0]!]! : boundaries(form, quotes, indexes));
    if (to === undefined) return Infinity;
    const share = Math.abs(to - 1);
    moves.push({ what, quotes: indexes.map((index) => form.quotes[index]!), share, falls: to < 1, multiplier });
    return share;
  };
  const families: Family[] = [];
  for (const [name, indexes] of groups) {
    const family = familyOf(form.quotes[indexes[0]!]!);
    families.push(family);
    const together = move(indexes.length === 1 ? form.quotes[indexes[0]!]! : name, indexes, family.multiplier);
    if (indexes.length === 1) continue;
    const nearest = indexes.map((index) => Math.abs((nearestOf(alone[index]!) ?? Infinity) - 1));
    isLoop ||= Math.min(...nearest) < together;
  }
  const volatile = families.filter(({ name }) => name !== "usd");
  if (volatile.length > 1) {
    const indexes = volatile.flatMap(({ name }) => groups.get(name)!);
    move(
      volatile.map(({ name }) => name).join("+"),
      indexes,
      Math.min(...volatile.map(({ multiplier }) => multiplier)),
    );
  }
  return { moves, isLoop };
}

/** What these prices are multiplied by at the nearer boundary; undefined where no such move reaches the line. */
function nearestOf({ down, up }: Boundaries): number | undefined {
  if (down === undefined || up === undefined) return down ?? up;
  return 1 - down <= up - 1 ? down : up;
}
