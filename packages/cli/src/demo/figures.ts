import type { Store } from "@plimsoll/core/journal";
import { type BookView, createTurn } from "@plimsoll/core/turn";
import { type Exact, ZERO, add, exact, smaller } from "@plimsoll/core/units";
import { type Written, readJournal, sha256 } from "@plimsoll/keeper";
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
  const tally = new Tally(holdings);
  for await (const written of readJournal(store)) {
    if (written.record.kind === "input") turn.turn(written.record.input);
    tally.add(written, () => turn.view());
  }
  return tally.figures();
}

/** Adds journal entries up, in their order; the same for a journal that is being written and one that is read. */
export class Tally {
  readonly #holdings: number;
  #market: unknown;
  #worthBefore: Exact | undefined;
  #worthAfter: Exact | undefined;
  #lowestHealth: Exact | undefined;
  #liquidations = 0;
  #actions = 0;
  /** A holding was read since the book was measured last. */
  #isUnmeasured = false;

  /** @param holdings of the whole book: before all of them were read it has no worth. */
  constructor(holdings: number) {
    this.#holdings = holdings;
  }

  /** @param view the book after this entry. */
  add({ record }: Written, view: () => BookView): void {
    if (record.kind !== "input") return;
    const { event, more = false } = record.input;
    if (event.type === "outcome" && event.outcome.state === "done") this.#actions += 1;
    if (event.type === "effect" && event.effect.was === "liquidation") this.#liquidations += 1;
    if (event.type === "terms" && event.terms.venue === "aave-v3") this.#market = event.terms.body;
    if (event.type === "holding") this.#isUnmeasured = true;
    // half a reading has no worth: its prices come with the holding, one after the other
    if (!this.#isUnmeasured || more) return;
    this.#isUnmeasured = false;
    this.#measure(view());
  }

  figures(): Figures {
    return {
      worthBefore: this.#worthBefore ?? ZERO,
      worthAfter: this.#worthAfter ?? ZERO,
      liquidations: this.#liquidations,
      actions: this.#actions,
      ...(this.#lowestHealth && { lowestHealth: this.#lowestHealth }),
    };
  }

  #measure(view: BookView): void {
    if (view.holdings.length < this.#holdings) return;
    this.#worthAfter = worthOf(view, this.#market);
    this.#worthBefore ??= this.#worthAfter;
    for (const { maintenance } of view.accounts) {
      if (maintenance === undefined) continue;
      const { health } = maintenance;
      this.#lowestHealth = this.#lowestHealth === undefined ? health : smaller(this.#lowestHealth, health);
    }
  }
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

/** What the wallet holds of the asset that is owed: repaying moves it into the loan, it is not gained there. */
function walletOf(body: unknown, terms: unknown): Exact {
  const [holding, market] = [readAaveBody(body), readAaveTerms(terms)];
  if (!holding.ok || !market.ok) return ZERO;
  const reserve = market.value.reserves.find(({ asset }) => asset === DEBT);
  const held = holding.value.reserves.find(({ id }) => id === reserve?.id)?.wallet;
  return reserve === undefined || typeof held !== "bigint" ? ZERO : exact(held, reserve.decimals);
}
