import { Command } from "commander";
import type { Finish, Out } from "./out.ts";
export const demoCommand = (_o: Out, _f: Finish) => new Command("demo");
