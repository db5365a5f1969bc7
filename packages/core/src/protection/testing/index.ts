export * from "./perp-engine.ts";
