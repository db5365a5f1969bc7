export { type Coverage, required, requiredV30, tableOf } from "./coverage.ts";
export { Difference, type WalkOptions, walk } from "./walk.ts";
