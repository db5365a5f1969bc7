export { type Coverage, required, tableOf } from "./coverage.ts";
export { Difference, type WalkOptions, walk } from "./walk.ts";
