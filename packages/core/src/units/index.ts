export * from "./bytes.ts";
export * from "./canonical.ts";
export * from "./exact.ts";
export * from "./figure.ts";
export * from "./grid.ts";
export * from "./ids.ts";
export * from "./result.ts";
export * from "./rounding.ts";
