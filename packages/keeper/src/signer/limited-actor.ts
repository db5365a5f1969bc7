import type { Actor } from "@plimsoll/core/book";
import { type Ms, ms } from "@plimsoll/core/units";
import type { Counters } from "./counters.ts";
import { readAsked } from "./grammar.ts";
import { mayPrepare } from "./may-prepare.ts";
import type { SignerRules } from "./rules.ts";

/** An actor of this process under the rules that a signer would hold it to; what it spends is counted in the same way. */
export function limitedActor(
  actor: Actor,
  rules: SignerRules,
  counters: Counters,
  clock: () => Ms = () => ms(Date.now()),
): Actor {
  return {
    prepare: async (key, holding, action, bounds) => {
      const asked = readAsked(action);
      if (!asked.ok) return asked;
      const may = mayPrepare(rules, counters, key, asked.value, clock());
      return may.ok ? actor.prepare(key, holding, action, bounds) : may;
    },
    send: (prepared) => actor.send(prepared),
    query: (prepared) => actor.query(prepared),
    ...(actor.hasten !== undefined && { hasten: (prepared) => actor.hasten!(prepared) }),
  };
}
