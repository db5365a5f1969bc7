export * from "./danger.ts";
export * from "./levels.ts";
export * from "./word.ts";
