export * from "./sample-book.ts";
export * from "./scripted-source.ts";
