export * from "./small-desk.ts";
