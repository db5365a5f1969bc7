export * from "./decimal.ts";
export * from "./terms-document.ts";
export * from "./venue-module.ts";
