export type { Drill } from "./drill.ts";
export type { AccountResult, DrillResult, SetResult } from "./drill-result.ts";
export { readDrill, readDrillFile } from "./read-drill.ts";
export { runDrill } from "./run-drill.ts";
