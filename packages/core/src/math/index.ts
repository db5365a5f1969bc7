export * from "./black.ts";
export * from "./matrix.ts";
export * from "./normal.ts";
export * from "./root.ts";
