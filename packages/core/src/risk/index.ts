export * from "./ages.ts";
export * from "./carry.ts";
export * from "./danger.ts";
export * from "./foresee.ts";
export * from "./levels.ts";
export * from "./prospects.ts";
export * from "./reach.ts";
export * from "./word.ts";
