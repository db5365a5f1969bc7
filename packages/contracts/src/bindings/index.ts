// Made by `npm run contracts` from the Solidity sources; not edited by hand.
export * from "./guardian.ts";
export * from "./pair-route.ts";
