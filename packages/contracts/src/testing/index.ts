export * from "./guardian-chain.ts";
export * from "./drill-stage.ts";
export { WAD, ask } from "./bench.ts";
export { configurator, pool } from "./moves.ts";
export { type FuzzReport, fuzzGuardian } from "./fuzz.ts";
export { type Mutation, scoreMutants } from "./mutation.ts";
