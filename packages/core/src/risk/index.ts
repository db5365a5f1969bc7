export * from "./ages.ts";
export * from "./danger.ts";
export * from "./levels.ts";
export * from "./reach.ts";
export * from "./word.ts";
