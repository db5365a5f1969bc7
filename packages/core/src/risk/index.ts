export * from "./danger.ts";
