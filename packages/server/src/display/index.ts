export * from "./coming.ts";
export * from "./name.ts";
export * from "./number.ts";
export * from "./reason.ts";
export * from "./time.ts";
export * from "./words.ts";
