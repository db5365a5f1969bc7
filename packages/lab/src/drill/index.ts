export type { Drill } from "./drill.ts";
export type { AccountResult, DrillAction, DrillResult, Left, SetResult } from "./drill-result.ts";
export { type Outcomes, brokenMusts, differences, outcomesOf, recordName } from "./outcomes.ts";
export { readDrill, readDrillFile } from "./read-drill.ts";
export { runDrill } from "./run-drill.ts";
export { readOutcomes, shippedDrills, writeOutcomes } from "./shipped.ts";
export { type Variant, asWritten, mirrored, multiplied } from "./vary.ts";
