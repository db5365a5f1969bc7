export * from "./number.ts";
export * from "./time.ts";
export * from "./words.ts";
