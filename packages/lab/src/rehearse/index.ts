export { type PriceWay, type RehearsalStep, defaultWay, priceWay } from "./path.ts";
export { type Rehearsal, type RehearsalMoment, rehearse } from "./rehearse.ts";
