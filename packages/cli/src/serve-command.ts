import { Command } from "commander";
import type { Finish, Out } from "./out.ts";
export const serveCommand = (_o: Out, _f: Finish) => new Command("serve");
