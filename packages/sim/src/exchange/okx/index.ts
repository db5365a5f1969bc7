export * from "./start-okx.ts";
