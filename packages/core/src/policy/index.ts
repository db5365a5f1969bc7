export * from "./guard.ts";
export * from "./outcome.ts";
export * from "./plan.ts";
