export * from "./book-coverage.ts";
export * from "./cover.ts";
export * from "./coverage-of.ts";
export { judgeGap, sayBound } from "./gap-bound.ts";
export * from "./explain-change.ts";
export * from "./position.ts";
export * from "./propose-stops.ts";
export * from "./recovery.ts";
export * from "./wanted-stops.ts";
