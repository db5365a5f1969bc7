export * from "./coming.ts";
export * from "./cover.ts";
export * from "./name.ts";
export * from "./number.ts";
export * from "./reason.ts";
export * from "./time.ts";
export * from "./waiting.ts";
export * from "./words.ts";
