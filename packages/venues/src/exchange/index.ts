export * from "./clock-skew.ts";
export * from "./feed.ts";
export * from "./rate-budget.ts";
export * from "./recording.ts";
export * from "./sequence.ts";
export * from "./transport.ts";
export * from "./watch.ts";
