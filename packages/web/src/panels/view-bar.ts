import type { Account, Guard } from "@plimsoll/server/contract";

/** Where the line stands in the bar: what lies beyond it is shown to a quarter of the way more. */
const LINE = 0.8;
const MOST = 1.25;

export interface Bar {
  /** Share of the bar's width, as CSS wants it; undefined where nothing is known. */
  readonly fill: string | undefined;
  readonly beyond: boolean;
  /** Where guards act, nearest to the line first. */
  readonly notches: readonly { readonly at: string; readonly mode: Guard["mode"]; readonly name: string }[];
}
export const lineAt = `${LINE * 100}%`;

/**
 * One bar of the waterline chart: its length is the used share of margin, the line stands at 100 %.
 * An account short of the line is never drawn on it: the last two pixels stay free (a scale must not invert at the edge).
 */
export function viewBar({ used, danger, guards: ids }: Account, guards: readonly Guard[]): Bar {
  const share = used === undefined ? undefined : Math.max(0, Number(used)); // a picture, not a figure
  const beyond = danger === "liquidatable" || (share !== undefined && share > 1);
  return {
    fill: share === undefined ? undefined : width(share, beyond),
    beyond,
    notches: guards
      .filter(({ id, trigger }) => ids.includes(id) && trigger.when === "health" && trigger.line === "maintenance")
      .map(({ name, mode, trigger }) => ({
        name,
        mode,
        share: trigger.when === "health" ? 1 / Number(trigger.below) : 1,
      }))
      .toSorted((a, b) => b.share - a.share)
      .map(({ name, mode, share: at }) => ({ name, mode, at: width(at, at > 1) })),
  };
}

function width(share: number, beyond: boolean): string {
  const percent = `${(Math.min(share, MOST) * LINE * 100).toFixed(2)}%`;
  return beyond ? `max(${percent}, calc(${lineAt} + 2px))` : `min(${percent}, calc(${lineAt} - 2px))`;
}
