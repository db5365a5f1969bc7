import { type Boundaries, type MarginForm, type Scene, boundariesAlone, readQuotes } from "@plimsoll/core/margin";
import { type Reach, type Reaches, reachesOf } from "@plimsoll/core/risk";
import type { Boundary } from "./contract.ts";

/** Where prices take an account: each alone, and several together. */
export interface Outlook {
  readonly boundaries: readonly Boundary[];
  readonly reaches: Reaches;
}

/** What a form says at the scene's prices; nothing without a form, or where a price is missing. */
export function outlookOf(form: MarginForm | undefined, scene: Scene<unknown>): Outlook {
  const values = form && readQuotes(form, scene);
  if (form === undefined || values?.ok !== true) return { boundaries: [], reaches: { moves: [], isLoop: false } };
  const alone = boundariesAlone(form, values.value);
  const boundaries = form.quotes.map((quote, index): Boundary => {
    const { kind } = scene.quotes.get(quote)!;
    return { quote, kind, ...pricesOf(alone[index]!, values.value[index]!) };
  });
  return { boundaries, reaches: reachesOf(form, values.value, alone) };
}

/** A boundary above so many times the price is none: a fully hedged pair has one by growth of maintenance alone. */
const FARTHEST = 100;

const pricesOf = ({ down, up }: Boundaries, now: number): Pick<Boundary, "now" | "down" | "up"> => ({
  now,
  ...(down !== undefined && { down: down * now }),
  ...(up !== undefined && up <= FARTHEST && { up: up * now }),
});

/** The smallest move, as a share, of one price or of several together that reaches a boundary; undefined when none does. */
export function distanceOf({ boundaries, reaches }: Outlook): number | undefined {
  const alone = boundaries.flatMap(({ now, down, up }) =>
    [down, up].flatMap((to) => (to === undefined ? [] : [Math.abs(to / now - 1)])),
  );
  const [nearest] = [...alone, ...reaches.moves.map(({ share }) => share)].toSorted((a, b) => a - b);
  return nearest;
}

/** The nearest common move of several prices, for how far such prices move. */
export function togetherOf({ reaches }: Outlook): Reach | undefined {
  const [nearest] = reaches.moves
    .filter(({ quotes }) => quotes.length > 1)
    .toSorted((a, b) => a.share / a.multiplier - b.share / b.multiplier);
  return nearest;
}
