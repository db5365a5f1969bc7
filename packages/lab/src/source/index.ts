export * from "./source-file.ts";
