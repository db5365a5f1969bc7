import { type MarginForm, boundaries } from "@plimsoll/core/margin";
import { type Family, familyOf } from "./levels.ts";

/** How far some prices must move together, as a share of themselves, until they take the account. */
export interface Reach {
  readonly what: string;
  readonly share: number;
  /** How far these prices move against a major. */
  readonly multiplier: number;
}
export interface Reaches {
  readonly moves: readonly Reach[];
  /** Collateral and debt of one family hedge each other: one price alone reaches the line sooner than all of them together. */
  readonly isLoop: boolean;
}

/** The nearest boundary when each family moves as one, and when everything that is not pegged does: crashes take all at once. A common move is as rare as that of its calmest part. */
export function reachesOf(form: MarginForm, quotes: ArrayLike<number>): Reaches {
  const groups = Map.groupBy(form.quotes.keys(), (index) => familyOf(form.quotes[index]!).name);
  const moves: Reach[] = [];
  let isLoop = false;
  const move = (what: string, indexes: readonly number[], multiplier: number) => {
    const share = shareOf(form, quotes, indexes);
    if (share !== undefined) moves.push({ what, share, multiplier });
    return share ?? Infinity;
  };
  const families: Family[] = [];
  for (const [name, indexes] of groups) {
    const family = familyOf(form.quotes[indexes[0]!]!);
    families.push(family);
    const together = move(indexes.length === 1 ? form.quotes[indexes[0]!]! : name, indexes, family.multiplier);
    if (indexes.length === 1) continue;
    const alone = indexes.map((index) => shareOf(form, quotes, [index]) ?? Infinity);
    isLoop ||= Math.min(...alone) < together;
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

/** The smaller of fall and rise; undefined where no such move reaches the line. */
function shareOf(form: MarginForm, quotes: ArrayLike<number>, which: readonly number[]): number | undefined {
  const { down, up } = boundaries(form, quotes, which);
  const shares = [down, up].flatMap((to) => (to === undefined ? [] : [Math.abs(to - 1)]));
  return shares.length === 0 ? undefined : Math.min(...shares);
}
