export * from "./refusal-code.ts";
export * from "./small-venue.ts";
export * from "./while-moving.ts";
