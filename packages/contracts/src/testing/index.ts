export * from "./guardian-chain.ts";
export { type FuzzReport, fuzzGuardian } from "./fuzz.ts";
export { type Mutation, scoreMutants } from "./mutation.ts";
