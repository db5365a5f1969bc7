export * from "./decimal.ts";
export * from "./document.ts";
export * from "./local-venue.ts";
export * from "./venue-module.ts";
