export * from "./path.ts";
export * from "./rehearse.ts";
