export * from "./decimal.ts";
export * from "./document.ts";
export * from "./effect-fields.ts";
export * from "./key-permission.ts";
export * from "./local-venue.ts";
export * from "./unreadable.ts";
export * from "./venue-module.ts";
export * from "./written-fields.ts";
