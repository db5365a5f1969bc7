export * from "./average-variance.ts";
export * from "./black.ts";
export * from "./coin-option.ts";
export { erfcx } from "./erfcx.ts";
export * from "./implied-vol.ts";
export * from "./matrix.ts";
export * from "./normal.ts";
export * from "./root.ts";
