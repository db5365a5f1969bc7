export * from "./actor-suite.ts";
export * from "./desk.ts";
export * from "./outcome-suite.ts";
export * from "./play.ts";
