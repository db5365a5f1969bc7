import { resolve } from "node:path";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { machineTimers } from "@plimsoll/keeper";
import { type ChainSource, readWalletKey } from "@plimsoll/venues/chain";
import { Command } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { openExecutorJournal } from "./executor-journal.ts";
import { type Executor, type ExecutorSettings, openExecutor } from "./executor.ts";
import { duration, isAddress } from "./files/units.ts";
import { checkGuardianAt, endpointSource } from "./guardian-chain.ts";
import { interrupted } from "./interrupted.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";

interface Options {
  readonly rpc: readonly [string, ...string[]];
  readonly guardian: string;
  readonly keyEnv: string;
  readonly pairRoute?: readonly string[];
  readonly native?: string;
  readonly relay?: string;
  readonly relayPublicAfter: string;
  readonly since: string;
  readonly every: string;
  readonly journal: string;
  readonly forOwner?: true;
  readonly once?: true;
}

/** The wrapped coin of public networks, by chain id. @source the networks' own documentation of their canonical wrapped coins */
const wrappedCoin: Readonly<Record<number, string>> = {
  1: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2",
  10: "0x4200000000000000000000000000000000000006",
  137: "0x0d500b1d8e8ef31e21c99d1db9a6444d3adf1270",
  8_453: "0x4200000000000000000000000000000000000006",
  42_161: "0x82af49447d8a07e3bd95bd0d56f35241523fbab1",
};

/** plimsoll execute: the reference executor. It needs a wallet with gas, an endpoint and the guardian's address, and nothing of any owner. */
export function executeCommand(out: Out, finish: Finish): Command {
  return new Command("execute")
    .description(
      "carry out what owners allowed on chain: find armed policies, rescue whose health is below its trigger, earn the bounty",
    )
    .requiredOption("--rpc <url...>", "endpoints, the main one first")
    .requiredOption("--guardian <address>", "the guardian whose policies are executed")
    .option(
      "--key-env <name>",
      "variable that holds the key of a wallet with gas and nothing else",
      "PLIMSOLL_EXECUTOR_KEY",
    )
    .option("--pair-route <address...>", "pair routes to sell through; without one only reserves are repaid from")
    .option("--native <address>", "the chain's wrapped coin as the market lists it; default: that of public networks")
    .option("--relay <url>", "a private endpoint that has every transaction first")
    .option("--relay-public-after <duration>", "how long nobody else is told, or never", "24s")
    .option("--since <block>", "first block in which policies are looked for", "0")
    .option("--every <duration>", "how often it looks, and asks about what it sent", "4s")
    .option("--journal <folder>", "where it writes what it is about to do", "executor")
    .option("--for-owner", "the penalty that the owner is spared counts too: fees may exceed the bounty")
    .option("--once", "look once, end what was begun, and stop")
    .action(async (options: Options) => {
      const ran = await run(out, options);
      if (!ran.ok) sayFailure(out, ran.failure);
      finish(ran.ok ? ran.value : failureCode(ran.failure));
    });
}

const usage = (detail: string, next: string): Why => why("usage", { detail, next });

async function run(out: Out, options: Options): Promise<Result<number, Why>> {
  const source = await sourceOf(options);
  if (!source.ok) return source;
  const read = readSettings(options, source.value);
  if (!read.ok) return read;
  const genuine = await checkGuardianAt(source.value, read.value.guardian);
  if (!genuine.ok) return genuine;
  const journal = await openExecutorJournal(resolve(options.journal), `executor ${process.pid}`);
  if (!journal.ok) return journal;
  const { signal: stop, release } = interrupted();
  const tell = (line: string) => out.line(line);
  const executor = openExecutor({ ...read.value, source: source.value, journal: journal.value, stop, tell });
  try {
    tell(`${read.value.account.address} executes policies of ${read.value.guardian} on chain ${source.value.chainId}`);
    return options.once === true
      ? await lookOnce(out, executor)
      : await lookAlways(out, executor, read.value.pollMs, stop);
  } finally {
    release();
    await journal.value.close();
  }
}

async function sourceOf({ rpc, relay, relayPublicAfter }: Options): Promise<Result<ChainSource, Why>> {
  const source = await endpointSource(rpc);
  if (!source.ok || relay === undefined) return source;
  const after = relayPublicAfter === "never" ? ok("never" as const) : readDuration(relayPublicAfter);
  return after.ok ? ok({ ...source.value, relay: { url: relay, publicAfterMs: after.value } }) : after;
}

function readDuration(text: string): Result<number, Why> {
  const read = duration.safeParse(text);
  return read.success ? ok(read.data) : fail(usage(`"${text}" is no duration`, "write for example 30s"));
}

type Settings = Omit<ExecutorSettings, "source" | "journal" | "stop" | "tell">;

function readSettings(options: Options, { chainId }: ChainSource): Result<Settings, Why> {
  const { guardian, pairRoute: routes = [], native = wrappedCoin[chainId], since } = options;
  for (const address of [guardian, ...routes])
    if (!isAddress(address)) return fail(usage(`"${address}" is no address`, "write 0x and 40 hex digits"));
  if (native === undefined || !isAddress(native))
    return fail(usage(`the wrapped coin of chain ${chainId} is not known`, "name it: --native"));
  if (!/^\d{1,15}$/.test(since)) return fail(usage(`"${since}" is no block`, "write a whole number"));
  const account = readWalletKey(process.env[options.keyEnv] ?? "");
  if (!account.ok) return account;
  const every = readDuration(options.every);
  if (!every.ok) return every;
  return ok({
    ...{
      guardian: guardian as `0x${string}`,
      routes: routes as readonly `0x${string}`[],
      native,
      account: account.value,
    },
    ...{ isOwners: options.forOwner === true, since: BigInt(since), pollMs: every.value },
  });
}

async function lookOnce(out: Out, executor: Executor): Promise<Result<number, Why>> {
  const looked = await executor.look();
  if (!looked.ok) return looked;
  const { needed, done } = looked.value;
  out.line(needed === 0 ? "Nothing to do: no armed policy is below its trigger." : `${done} of ${needed} carried out.`);
  return ok(done === needed ? exitCodes.safe : exitCodes.error);
}

/** Until it is interrupted; an endpoint that fails is asked again at the next look. */
async function lookAlways(
  out: Out,
  executor: Executor,
  everyMs: number,
  stop: AbortSignal,
): Promise<Result<number, Why>> {
  while (!stop.aborted) {
    const looked = await executor.look();
    if (!looked.ok) sayFailure(out, looked.failure);
    await machineTimers.sleep(everyMs, stop).catch(() => undefined);
  }
  return ok(exitCodes.safe);
}
