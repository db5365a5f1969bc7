export { openStore } from "./store/open-store.ts";
export { type Reader, openReader } from "./store/sqlite-reader.ts";
