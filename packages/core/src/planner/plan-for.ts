import type { LineName } from "@plimsoll/core/margin";
import { type Guard, type HashOf, type Remedy, guardHash } from "@plimsoll/core/policy";
import { type AccountKey, type Exact, type HoldingId, ZERO, dec, larger, ms } from "@plimsoll/core/units";
import { type Want, groundIn } from "./draft.ts";
import { type Planned, type Start, planRescues } from "./plan-rescues.ts";
import { withNetLeft } from "./hedge.ts";
import { sizesLeft } from "./sizes-left.ts";
import { legsIn, unpairedShare } from "./unpaired.ts";

/** An account and the health that a person wants on it, without a guard. */
export interface Wish {
  readonly holding: HoldingId;
  readonly account: AccountKey;
  readonly line?: LineName;
  readonly health: Exact;
  /** What may be done; absent: everything that the account offers, each position at the default slippage. */
  readonly allow?: readonly Remedy[];
}

/** Price an order may lose at most where nobody said: the bound of a rescue at its trigger. */
const SLIPPAGE = dec("0.005");

/** A plan that a person reads before it is confirmed lasts this long. */
const LASTS_MS = ms(300_000);

/** A plan for one account as a guard would make it now, whatever its trigger says. */
export function planForGuard(start: Start, guard: Guard, account: AccountKey, hashOf: HashOf): Planned {
  const ground = groundIn(start.field, guard.scope.holding);
  const version = guardHash(hashOf, guard);
  const isPair = guard.trigger.when === "coupled";
  const unpaired = isPair ? unpairedShare(guard, legsIn(start.field, guard, account)) : undefined;
  const left = sizesLeft(ground, guard, account, unpaired);
  const asked = { urgent: false, because: "asked for" };
  const want: Want = { guard, version, account, ...asked, left, ...(unpaired && { unpaired }) };
  return planRescues(start, [withNetLeft(start.field, want)], "shadow", hashOf);
}

/** A plan that brings an account to a health by the cheapest of what it offers. */
export function planForHealth(start: Start, wish: Wish, hashOf: HashOf): Planned {
  const { holding, account, health, line = "maintenance" } = wish;
  const guard: Guard = {
    ...{ id: "asked", name: "asked for", scope: { holding, account }, mode: "shadow" },
    trigger: { when: "health", line, below: health, release: health, urgent: ZERO },
    target: { want: "health", at: health },
    ladder: wish.allow ?? everything(start, wish),
    bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: LASTS_MS, perDay: 1 },
  };
  return planForGuard(start, guard, account, hashOf);
}

/** Every lever of the account as a remedy: reductions at the default slippage, money as far as it goes. */
function everything({ field }: Start, { holding, account }: Wish): readonly Remedy[] {
  const ground = groundIn(field, holding);
  const remedies = new Map<string, Remedy>();
  for (const { use, on, most } of ground.engine.levers(ground.holding, account, ground.scene)) {
    const name = `${use} ${on}`;
    const known = remedies.get(name);
    if (use === "reduce") remedies.set(name, { use, instrument: on, slippage: SLIPPAGE });
    else if (use !== "hedge") {
      const more = known !== undefined && "most" in known ? larger(known.most, most) : most;
      remedies.set(name, { use, asset: on as Extract<Remedy, { asset: unknown }>["asset"], most: more });
    }
  }
  return [...remedies.values()];
}
