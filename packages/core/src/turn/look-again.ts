import type { Holding } from "@plimsoll/core/book";
import type { Ground } from "@plimsoll/core/planner";
import { defaultAges } from "@plimsoll/core/risk";
import type { AccountKey, HoldingId, QuoteKey } from "@plimsoll/core/units";
import type { TurnPorts } from "./contract.ts";
import { type Look, blindLook, groundOf, isGround, lookAt } from "./look.ts";
import type { Touched } from "./looks.ts";
import { prospectsFor } from "./prospects.ts";
import { type State, stopsOf } from "./state.ts";

/** Looks at all accounts of some holdings again; accounts that are gone are forgotten. */
export function lookAgain(ports: TurnPorts, state: State, holdings: Iterable<HoldingId>): Touched {
  const touched = new Map<HoldingId, readonly string[]>();
  for (const id of holdings) {
    const held = state.facts.holdings.get(id)!;
    const ground = groundOf(ports, state.facts, held, state.at);
    const looks = isGround(ground) ? looksAt(ports, state, ground, held) : [blindLook(held, ground)];
    forget(state, state.looks.replace(id, looks));
    touched.set(id, state.looks.ofHolding(id));
  }
  return touched;
}

function looksAt(ports: TurnPorts, state: State, ground: Ground, held: Holding): readonly Look[] {
  return ground.engine.accounts(ground.holding).map((account) => lookNow(ports, state, ground, held, account));
}

function lookNow(ports: TurnPorts, state: State, ground: Ground, held: Holding, account: AccountKey): Look {
  const prospects = prospectsFor(ports, state.facts, state.prospects, held, ground.scene.terms, state.at);
  return lookAt(ground, held, account, state.facts, ports.ages ?? defaultAges, prospects);
}

/** What was remembered of accounts that are closed; intents that are still open keep what they need themselves. */
function forget({ watches, readings, episodes, ended, woken }: State, gone: readonly string[]): void {
  for (const id of gone) {
    ended.delete(id);
    ended.delete(stopsOf(id));
    woken.delete(id);
    for (const watch of watches.keys()) if (watch.endsWith(` ${id}`)) watches.delete(watch);
    for (const reading of readings.keys()) if (reading.endsWith(` ${id}`)) readings.delete(reading);
    for (const identity of episodes.keys()) if (identity.startsWith(`${id}/`)) episodes.delete(identity);
  }
}

/** Looks again only at accounts that depend on some prices, but for those of the holdings `except`. */
export function lookWhere(
  ports: TurnPorts,
  state: State,
  keys: readonly QuoteKey[],
  except: ReadonlySet<HoldingId>,
): Touched {
  const touched = new Map<HoldingId, readonly string[]>();
  for (const [holding, ids] of state.looks.dependingOn(keys)) {
    if (except.has(holding)) continue;
    const held = state.facts.holdings.get(holding)!;
    const ground = groundOf(ports, state.facts, held, state.at);
    if (!isGround(ground)) continue;
    for (const id of ids) state.looks.update(lookNow(ports, state, ground, held, state.looks.get(id)!.view.account));
    touched.set(holding, ids);
  }
  return touched;
}
