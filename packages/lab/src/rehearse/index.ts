export { type History, historyOfPrices, historyOfTapes, saysCoinOf } from "./history.ts";
export { type PriceWay, type RehearsalStep, defaultWay, priceWay } from "./path.ts";
export { type Rehearsal, type RehearsalMoment, rehearse } from "./rehearse.ts";
export { type Relived, relive } from "./relive.ts";
