import type { Store } from "@plimsoll/core/journal";
import { type BookView, createTurn } from "@plimsoll/core/turn";
import { type Exact, ZERO, add, exact, smaller } from "@plimsoll/core/units";
import { readJournal, sha256 } from "@plimsoll/keeper";
import { engineOf } from "@plimsoll/venues";
import { readAaveBody, readAaveTerms } from "@plimsoll/venues/aave-v3";
import { DEBT, LOAN } from "./scenario.ts";

/** What one run did to the book, in dollars; a tether counts as one. */
export interface Figures {
  readonly worthBefore: Exact;
  readonly worthAfter: Exact;
  readonly liquidations: number;
  readonly actions: number;
  readonly lowestHealth?: Exact;
}

/** Reads a run's figures from its journal: the inputs are given to a turn again, and what it sees is added up. */
export async function figuresOf(store: Pick<Store, "read" | "streams">, holdings: number): Promise<Figures> {
  const turn = createTurn({ engineOf, sha256 });
  let market: unknown;
  let worthBefore: Exact | undefined;
  let worthAfter: Exact | undefined;
  let lowestHealth: Exact | undefined;
  let [liquidations, actions] = [0, 0];
  for await (const { record } of readJournal(store)) {
    if (record.kind !== "input") continue;
    turn.turn(record.input);
    const { event } = record.input;
    if (event.type === "outcome" && event.outcome.state === "done") actions += 1;
    if (event.type === "effect" && event.effect.was === "liquidation") liquidations += 1;
    if (event.type === "terms" && event.terms.venue === "aave-v3") market = event.terms.body;
    if (event.type !== "holding") continue;
    const view = turn.view();
    worthAfter = view.holdings.length < holdings ? undefined : (worthOf(view, market) ?? worthAfter);
    worthBefore ??= worthAfter;
    for (const { maintenance } of view.accounts) {
      if (maintenance !== undefined)
        lowestHealth = lowestHealth === undefined ? maintenance.health : smaller(lowestHealth, maintenance.health);
    }
  }
  return {
    worthBefore: worthBefore ?? ZERO,
    worthAfter: worthAfter ?? ZERO,
    liquidations,
    actions,
    ...(lowestHealth && { lowestHealth }),
  };
}

/** Equity of all accounts and the reserve in the borrower's wallet. */
function worthOf({ accounts, holdings }: BookView, terms: unknown): Exact {
  const loan = holdings.find(({ id }) => id === LOAN);
  const wallet = loan === undefined ? ZERO : walletOf(loan.body, terms);
  return accounts.reduce((sum, { equity }) => {
    if (equity.is === "known") return add(sum, equity.value);
    return equity.is === "stale" ? add(sum, equity.last) : sum;
  }, wallet);
}

/** What the borrower's wallet holds of the asset it owes: repaying moves it into the loan, it is not gained there. */
function walletOf(body: unknown, terms: unknown): Exact {
  const [holding, market] = [readAaveBody(body), readAaveTerms(terms)];
  if (!holding.ok || !market.ok) return ZERO;
  const reserve = market.value.reserves.find(({ asset }) => asset === DEBT);
  const held = holding.value.reserves.find(({ id }) => id === reserve?.id)?.wallet;
  return reserve === undefined || typeof held !== "bigint" ? ZERO : exact(held, reserve.decimals);
}
