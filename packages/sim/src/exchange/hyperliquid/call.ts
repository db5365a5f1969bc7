import type { Result } from "@plimsoll/core/units";
import { type Account, type ApiKey, type Market, ONE, type Simulation } from "@plimsoll/sim/exchange";
import type { Fields } from "./request.ts";

/** What the front keeps beside the exchange. */
export interface Front {
  readonly simulation: Simulation;
  /** By the address that signs: the account's own or its approved agent's, in lower case. */
  readonly keys: ReadonlyMap<string, ApiKey>;
}
/** A question about an address, or an action of one. */
export interface Call extends Front {
  readonly fields: Fields;
  /** Lower case; "" where none is named. */
  readonly user: string;
}
export type Question = (call: Call) => unknown;
/** What the venue answers under "response", or its refusal of the whole action. */
export type Answer = Result<unknown, string>;
export type Action = (call: Call) => Answer;

/** Coins stand in the order of their asset numbers. */
export const marketsOf = ({ simulation }: Front): readonly Market[] => [...simulation.state.markets.values()];

/** An address that the venue never saw is an empty account to it. */
export const accountFor = ({ simulation, user }: Call): Account =>
  simulation.state.accounts.get(user) ?? {
    id: user,
    hedge: false,
    coef: ONE,
    cross: new Map(),
    settings: new Map(),
    positions: new Map(),
    called: new Set(),
  };
