export { type Coverage, Difference, required, walk } from "./walk.ts";
