import type { DrillResult } from "@plimsoll/lab";
import { type Exact, text } from "@plimsoll/core/units";

/** Results of drills as JSON: amounts as decimal text, moments in UTC. */
export function drillJson(results: readonly DrillResult[], changed: readonly string[], broken: readonly string[]) {
  return { plimsoll: "drill-results/1", drills: results.map(resultJson), notAsRecorded: changed, notAsItMust: broken };
}

const decimal = (value: Exact | undefined): string | null => (value === undefined ? null : text(value));
const moment = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

const resultJson = ({ drill, title, variant, sets, shown, assumed, leftOut }: DrillResult) => ({
  drill,
  title,
  variant,
  sets: sets.map(({ guardSet, must, accounts, refusals }) => ({
    guardSet,
    must: must ?? null,
    badOnPurpose: refusals,
    accounts: accounts.map((account) => ({
      account: account.account,
      fate: account.fate,
      at: moment(account.at),
      how: account.how ?? null,
      smallestHealth: decimal(account.smallestHealth),
      smallestHealthAt: moment(account.smallestHealthAt),
      unit: account.unit,
      cost: decimal(account.cost),
      gasUsd: decimal(account.gas),
      equityStart: decimal(account.equityStart),
      equityEnd: decimal(account.equityEnd),
      againstNothing: decimal(account.againstNothing),
      left: account.left
        ? {
            ...{ deadSince: moment(account.left.at), is: account.left.is },
            ...{ lost: decimal(account.left.lost), most: decimal(account.left.most) },
          }
        : null,
      actions: account.actions.map(({ at, what, because, result, why }) => ({
        at: moment(at),
        what,
        because,
        result,
        why: why ?? null,
      })),
    })),
  })),
  shown,
  assumed,
  leftOut,
});
