import { type Market, type Quote, type Scene, liquidationPrices } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type QuoteKey,
  ZERO,
  fromNumber,
  known,
  rescale,
  subtract,
  toNumber,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Ground, assessed, isTaken } from "./ground.ts";

/** Depth is not known here: an order fills at the price from which our own limit would start, so a cost is at least what comes out. */
const atMark = ({ engine, holding, scene }: Ground, account: AccountKey): Market => ({
  fill: (instrument) => {
    const reduce = engine.levers(holding, account, scene).find(({ use, on }) => use === "reduce" && on === instrument);
    const order = reduce?.act(reduce.step, ZERO);
    return order?.do === "order" ? known(order.limit, scene.now) : unknown(why("depth-unknown", { instrument }));
  },
});

/**
 * What a liquidation at the nearest single-price boundary would cost the owner at least: equity before less equity after, in the
 * account's unit; for an account over its line, now.
 * @returns unknown where no single price reaches the line or `liquidate` cannot say.
 */
export function costOfNothing(ground: Ground, account: AccountKey): Figure<Exact> {
  const scene = sceneAtLine(ground, account);
  if (scene === undefined) return unknown(why("no-boundary", { account }));
  const there = { ...ground, scene };
  const steps = there.engine.liquidate(there.holding, account, scene, atMark(there, account), "worst-for-owner");
  const last = steps.at(-1);
  if (last === undefined) return unknown(why("nothing-taken-at-boundary", { account }));
  const before = assessed(there, account)?.equity;
  if (before?.is !== "known") return unknown(why("equity-unknown", { account }));
  const after = assessed({ ...there, holding: last.after }, account)?.equity;
  if (after === undefined || after.is === "none") return known(before.value, scene.now);
  return after.is === "known" ? known(subtract(before.value, after.value), scene.now) : after;
}

/** The scene itself where the account is over its line, else with the nearest price moved just beyond its boundary. */
function sceneAtLine(ground: Ground, account: AccountKey): Scene<unknown> | undefined {
  const taken = (scene: Scene<unknown>) => isTaken(assessed({ ...ground, scene }, account));
  const { engine, holding, scene } = ground;
  if (taken(scene)) return scene;
  const compiled = engine.compile(holding, account, scene, "maintenance");
  if (!("form" in compiled)) return undefined;
  const quotes = compiled.form.quotes.map((key) => scene.quotes.get(key));
  if (!quotes.every((quote) => quote !== undefined)) return undefined;
  const values = quotes.map(({ value }) => toNumber(value));
  const moves = compiled.form.quotes.flatMap((key, index) => {
    const { down, up } = liquidationPrices(compiled.form, values, index);
    return [down, up].flatMap((to) =>
      to === undefined ? [] : [{ key, quote: quotes[index]!, to, from: values[index]! }],
    );
  });
  const [nearest] = moves.toSorted((a, b) => Math.abs(Math.log(a.to / a.from)) - Math.abs(Math.log(b.to / b.from)));
  if (nearest === undefined) return undefined;
  return [1e-9, 1e-6, 1e-4].map((beyond) => moved(scene, nearest, beyond)).find(taken);
}

interface Move {
  readonly key: QuoteKey;
  readonly quote: Quote;
  readonly from: number;
  readonly to: number;
}
function moved(scene: Scene<unknown>, { key, quote, from, to }: Move, beyond: number): Scene<unknown> {
  const falling = to < from;
  const price = fromNumber(to * (falling ? 1 - beyond : 1 + beyond));
  const value = rescale(price, Math.max(quote.value.scale, FINEST), falling ? "floor" : "ceil");
  return { ...scene, quotes: new Map(scene.quotes).set(key, { ...quote, value }) };
}

/** Digits that a moved price has at least: a coin written as "1" USD is not 2 USD where its boundary is 1.03. */
const FINEST = 12;
