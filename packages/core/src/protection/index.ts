export * from "./position.ts";
export * from "./propose-stops.ts";
export * from "./wanted-stops.ts";
