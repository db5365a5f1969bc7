export * from "./bound-engine.ts";
export * from "./contract.ts";
export * from "./form.ts";
