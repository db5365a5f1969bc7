export * from "./toy-engine.ts";
export * from "./toy-guards.ts";
