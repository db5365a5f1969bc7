import type { Scene } from "@plimsoll/core/margin";
import { type Ms, DAY_MS } from "@plimsoll/core/units";
import { applySession, applySettlement } from "./fill.ts";
import { payFunding } from "./funding.ts";
import type { Body } from "./holding.ts";
import { type Instrument, indexKey, readInstrument } from "./instrument.ts";
import { quoteOf } from "./quote.ts";
import { isSettling } from "./settlement-average.ts";
import type { DeribitTerms } from "./terms.ts";
import { markOfInstrument } from "./priced.ts";

/** Of the day, UTC: profit of futures goes into the balance, and what expires is delivered. @source contract specification */
const SETTLEMENT_MS = 8 * 3_600_000;

/** The holding later at frozen prices: funding, delivery of what expires by then, daily settlement of futures. */
export function advance(body: Body, to: Ms, scene: Scene<DeribitTerms>): Body {
  const delivered = deliver(payFunding(body, to, scene), to, scene);
  return settlesBetween(scene.now, to) ? settle(delivered, scene) : delivered;
}

const settlesBetween = (from: Ms, to: Ms): boolean =>
  Math.floor((to - SETTLEMENT_MS) / DAY_MS) > Math.floor((from - SETTLEMENT_MS) / DAY_MS);

/** At a frozen index the average of what is left of the readings is the index. */
function deliver(body: Body, to: Ms, scene: Scene<DeribitTerms>): Body {
  const expiring = body.positions.flatMap(({ instrument }) => readInstrument(instrument) ?? []);
  const due = new Map(expiring.filter(({ expiry = Infinity }) => expiry <= to).map((each) => [each.underlying, each]));
  return [...due].reduce((sum, [underlying, instrument]) => {
    const delivery = deliveryPrice(instrument, scene);
    const after = delivery.ok ? applySettlement(sum, { underlying, delivery: delivery.value }) : delivery;
    return after.ok ? after.value : sum;
  }, body);
}

const deliveryPrice = (instrument: Instrument, scene: Scene<DeribitTerms>) =>
  isSettling(instrument, scene.now, scene.terms.body.settlement)
    ? markOfInstrument(instrument, scene)
    : quoteOf(indexKey(instrument.pair), "index", scene);

function settle(body: Body, scene: Scene<DeribitTerms>): Body {
  return body.positions.reduce((sum, { instrument: name }) => {
    const instrument = readInstrument(name);
    const mark = instrument === undefined ? undefined : markOfInstrument(instrument, scene);
    const after = mark?.ok === true ? applySession(sum, { instrument: name, mark: mark.value }) : undefined;
    return after?.ok === true ? after.value : sum;
  }, body);
}
