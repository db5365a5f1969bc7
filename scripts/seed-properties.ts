// Set up before a test file when PLIMSOLL_SEED is set: every property draws from that seed, so that a failing run can be seen again.
import * as fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env["PLIMSOLL_SEED"]) });
