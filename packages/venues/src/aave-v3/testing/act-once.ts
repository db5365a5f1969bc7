// A keeper in miniature, to be killed: prepares a supply, prints what it would journal, and goes on as far as it is told.
import { aaveActor } from "@plimsoll/venues/aave-v3";
import { assetId, exact } from "@plimsoll/core/units";
import type { Holding } from "@plimsoll/core/book";
import { testAccount } from "@plimsoll/sim/chain";
import type { AaveSource } from "./room.ts";

export interface Job {
  readonly source: AaveSource;
  readonly wallet: number;
  readonly key: string;
  readonly holding: Holding;
  readonly asset: string;
  readonly amount: string;
  readonly until: "prepared" | "sent";
}

const job = JSON.parse(process.argv[2] ?? "{}") as Job;
const actor = aaveActor(job.source, testAccount(job.wallet));
const action = { do: "supply", asset: assetId(job.asset), amount: exact(BigInt(job.amount), 0) } as const;
const prepared = await actor.prepare(job.key, job.holding, action);
if (!prepared.ok) throw new Error(JSON.stringify(prepared.failure));
if (job.until === "sent") await actor.send(prepared.value);
console.log(JSON.stringify(prepared.value));
setInterval(() => {}, 1_000);
