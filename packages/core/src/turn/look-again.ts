import { defaultAges } from "@plimsoll/core/risk";
import type { HoldingId, QuoteKey } from "@plimsoll/core/units";
import type { TurnPorts } from "./contract.ts";
import { type Look, blindLook, groundOf, isGround, lookAt } from "./look.ts";
import type { State } from "./state.ts";

/** Looks at all accounts of some holdings again; accounts that are gone are forgotten. */
export function lookAgain(ports: TurnPorts, state: State, holdings: readonly HoldingId[]): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const id of holdings) {
    const held = state.facts.holdings.get(id)!;
    const ground = groundOf(ports, state.facts, held, state.at);
    const ages = ports.ages ?? defaultAges;
    const looks = isGround(ground)
      ? ground.engine.accounts(ground.holding).map((account) => lookAt(ground, held, account, state.facts, ages))
      : [blindLook(held, ground)];
    const before = [...state.looks].filter(([, { view }]) => view.holding === id).map(([key]) => key);
    for (const key of before) state.looks.delete(key);
    for (const look of looks) {
      state.looks.set(accountId(look), look);
      seen.add(accountId(look));
    }
    forget(
      state,
      before.filter((key) => !seen.has(key)),
    );
  }
  return seen;
}
const accountId = ({ view }: Look): string => `${view.holding}/${view.account}`;

/** What was remembered of accounts that are closed; intents that are still open keep what they need themselves. */
function forget({ watches, episodes, ended }: State, gone: readonly string[]): void {
  for (const id of gone) {
    ended.delete(id);
    for (const watch of watches.keys()) if (watch.endsWith(` ${id}`)) watches.delete(watch);
    for (const identity of episodes.keys()) if (identity.startsWith(`${id}/`)) episodes.delete(identity);
  }
}

/** Looks again only at accounts that depend on a price. */
export function lookWhere(ports: TurnPorts, state: State, key: QuoteKey): ReadonlySet<string> {
  const touched = [...state.looks].filter(([, { quotes }]) => quotes === "any" || quotes.includes(key));
  const seen = new Set<string>();
  for (const holding of new Set(touched.map(([, { view }]) => view.holding))) {
    const held = state.facts.holdings.get(holding)!;
    const ground = groundOf(ports, state.facts, held, state.at);
    if (!isGround(ground)) continue;
    for (const [id, { view }] of touched.filter(([, look]) => look.view.holding === holding)) {
      state.looks.set(id, lookAt(ground, held, view.account, state.facts, ports.ages ?? defaultAges));
      seen.add(id);
    }
  }
  return seen;
}
