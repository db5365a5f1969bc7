import { carryRule, ratesRule, timeRule } from "./trigger-carry.ts";
import { concentrationRule, coupledRule, leverageRule } from "./trigger-exposure.ts";
import { healthRule } from "./trigger-health.ts";
import { drawdownRule, streakRule } from "./trigger-losses.ts";
import { pegRule } from "./trigger-peg.ts";
import { priceRule } from "./trigger-price.ts";
import { distanceRule, probabilityRule } from "./trigger-risk.ts";
import type { TriggerRule } from "./trigger-rule.ts";
import { trailingRule } from "./trigger-trailing.ts";

/** Every type of trigger; a new one is a rule in its file and one line here. */
export const triggers = {
  health: healthRule,
  price: priceRule,
  trailing: trailingRule,
  probability: probabilityRule,
  distance: distanceRule,
  leverage: leverageRule,
  concentration: concentrationRule,
  drawdown: drawdownRule,
  streak: streakRule,
  rates: ratesRule,
  peg: pegRule,
  carry: carryRule,
  time: timeRule,
  coupled: coupledRule,
};

type ByName = {
  readonly [W in keyof typeof triggers]: (typeof triggers)[W] extends TriggerRule<infer T> ? T : never;
};
/** When a guard wants something done. Each is data, so that it can be hashed, compared and shown. */
export type Trigger = ByName[keyof ByName];

/** The table once more, each rule seen as one of its own trigger. */
const rules: { readonly [W in keyof ByName]: TriggerRule<ByName[W]> } = triggers;

/** The rule of a trigger's type, which takes this trigger and its like. */
export const ruleOf = <W extends keyof ByName>({ when }: ByName[W] & { readonly when: W }): TriggerRule<ByName[W]> =>
  rules[when];
