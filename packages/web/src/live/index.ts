export * from "./connect.ts";
export * from "./presence.ts";
export * from "./state.ts";
export * from "./token.ts";
