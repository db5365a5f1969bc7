import { type Guard as CoreGuard, type Waiting, dueAt } from "@plimsoll/core/policy";
import { dangers, worse } from "@plimsoll/core/risk";
import { type BookCover, type BookView, asItActs } from "@plimsoll/core/turn";
import { add, dec, text } from "@plimsoll/core/units";
import type { Account, Book, Guard, OpenIntent, WaitingChange } from "@plimsoll/server/contract";
import { keyOf, viewAccount } from "./account.ts";
import { viewAlert } from "./alert.ts";
import { viewAmount, viewFigure, viewMoment } from "./plain.ts";
import { sayTrigger } from "./say-trigger.ts";
import { nameOf, sayAction, sayRemedy, sayTarget } from "./sentences.ts";

/**
 * The whole book for every door: accounts worst first, sums only of what is known.
 * @param coverage what protects the accounts if the machine dies now; left out where nobody was asked.
 */
export function viewBook(view: BookView, coverage?: readonly BookCover[]): Book {
  const guards = view.guards.map((guard) => asItActs(view.mode, guard));
  const accounts = view.accounts.map((account) => viewAccount(account, guards, view.at, coverage)).toSorted(byDanger);
  const nearest = accounts.filter(({ distance }) => distance !== undefined).toSorted(byDistance)[0];
  return {
    at: viewMoment(view.at),
    seq: String(view.seq),
    mode: guards.some(({ mode }) => mode === "armed") ? "armed" : "shadow",
    house: view.mode,
    // a book in which nothing was read yet is not a safe one
    danger: accounts.length === 0 ? "unknown" : accounts.map(({ danger }) => danger).reduce(worse),
    equity: totalEquity(accounts),
    ...(nearest?.distance !== undefined && {
      nearest: {
        key: nearest.key,
        distance: nearest.distance,
        ...(nearest.headroom && { headroom: nearest.headroom }),
      },
    }),
    coverage: {
      armed: accounts.filter(({ coverage }) => coverage === "armed").length,
      shadow: accounts.filter(({ coverage }) => coverage === "shadow").length,
      none: accounts.filter(({ coverage }) => coverage === "none").length,
    },
    guards: guards.map(viewGuard),
    waiting: (view.waiting ?? []).map(viewWaiting),
    reserves: view.reserves.map(({ holding, at, asset, free, floor }) => ({
      holding,
      venue: at,
      asset,
      free: viewFigure(free, asset),
      floor: viewAmount(floor, asset),
    })),
    open: view.open.map(viewOpen),
    alerts: (view.troubles ?? []).map(viewAlert),
    accounts,
  };
}

const byDistance = (a: Account, b: Account) => Number(a.distance ?? Infinity) - Number(b.distance ?? Infinity) || 0;
const byDanger = (a: Account, b: Account) =>
  dangers.indexOf(b.danger) - dangers.indexOf(a.danger) || byDistance(a, b) || (a.key < b.key ? -1 : 1);

/** One sum per unit; an account whose equity is stale or unknown is left out and counted. */
function totalEquity(accounts: readonly Account[]): Book["equity"] {
  const sums = new Map<string, string>();
  for (const { equity } of accounts) {
    if (equity.is !== "known") continue;
    const { unit, value } = equity.amount;
    sums.set(unit, text(add(dec(sums.get(unit) ?? "0"), dec(value))));
  }
  const missing = accounts.filter(({ equity }) => equity.is === "stale" || equity.is === "unknown").length;
  return [...sums].map(([unit, value]) => ({ total: { value, unit }, missing }));
}

/** One guard as every door shows it. */
export function viewGuard(guard: CoreGuard): Guard {
  const { id, mode, scope, trigger, target, ladder, bounds } = guard;
  return {
    id,
    name: nameOf(guard),
    mode,
    holding: scope.holding,
    ...(scope.account !== undefined && { account: scope.account }),
    trigger: viewTrigger(trigger),
    when: sayTrigger(trigger),
    wants: sayTarget(target),
    ladder: ladder.map(sayRemedy),
    perDay: bounds.perDay,
    ...(bounds.expires !== undefined && { expires: viewMoment(bounds.expires) }),
  };
}

function viewTrigger(trigger: CoreGuard["trigger"]): Guard["trigger"] {
  if (trigger.when === "health") {
    const { when, line, below, release, urgent } = trigger;
    return { when, line, below: text(below), release: text(release), urgent: text(urgent) };
  }
  if (trigger.when !== "price") return { when: trigger.when };
  const { when, quote, kind, side, at } = trigger;
  return { when, quote, kind, side, at: text(at) };
}

const viewWaiting = ({ guard, to, loosens, confirmedAt }: Waiting): WaitingChange => ({
  ...{ guard, to: to === undefined ? "removed" : "looser" },
  loosens: loosens.map((field) => ({ ...field })),
  ...(confirmedAt !== undefined && { until: viewMoment(dueAt(confirmedAt)) }),
});

function viewOpen({ intent, outcome }: BookView["open"][number]): OpenIntent {
  const { step, key, attempt } = intent;
  return {
    key,
    attempt,
    account: keyOf(step),
    action: sayAction(step.action),
    state: outcome.state,
    expires: viewMoment(step.expires),
  };
}
