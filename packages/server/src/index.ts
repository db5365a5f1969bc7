export type { Asked, Control } from "./control.ts";
export { type Server, type ServerOptions, startServer } from "./start-server.ts";
export type { Pace } from "./stream.ts";
export type { Happening, LiveSource, Money, RunView, StoryView } from "@plimsoll/server/view";
