import { writeFileSync } from "node:fs";
import {
  type Rehearsed,
  type Transaction,
  approve,
  arm,
  armBySignature,
  cancel,
  cancelAll,
  cancelNonce,
  checkAcknowledged,
  checkPolicy,
  granted,
  guardianDeployment,
  healthOf,
  pairRouteDeployment,
  policyId,
  policyTypedData,
  proposeRescue,
  readAccount,
  readGranted,
  readGuardian,
  readListed,
  readMarketOracle,
  readPairRoute,
  rehearsePolicy,
  safeBatch,
  totalOf,
  worstCase,
  worstCaseText,
} from "@plimsoll/contracts";
import { type Exact, type Result, type Why, brief, canonical, exact, fail, ms, ok, why } from "@plimsoll/core/units";
import { readDrillFile, shippedDrills } from "@plimsoll/lab";
import { type ChainSource, ask, readClient } from "@plimsoll/venues/chain";
import { Command } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { courseOf } from "./drill-course.ts";
import { type PinnedPolicy, pinPolicy, readPolicyFile } from "./files/guardian-policy.ts";
import { isAddress } from "./files/units.ts";
import { checkGuardianAt, endpointSource } from "./guardian-chain.ts";
import { type Client, findPolicies, guardianReader } from "./guardian-reader.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";

type Address = `0x${string}`;

interface Options {
  readonly rpc: readonly [string, ...string[]];
  readonly policy: string;
  readonly guardian: string;
  readonly owner: string;
  readonly provider: string;
  readonly morpho: string;
  readonly pairFactory?: string;
  readonly counted: string;
  readonly pairRoute?: readonly string[];
  readonly since: string;
  readonly acknowledge?: string;
  readonly out?: string;
  readonly signed?: true;
  readonly signature?: string;
  readonly id?: string;
  readonly nonce?: string;
}
type Run = (out: Out, options: Options) => Promise<Result<number, Why>>;

/** plimsoll guardian: what is allowed on chain, what of it could go wrong, and the transactions for any wallet; nothing is sent. */
export function guardianCommand(out: Out, finish: Finish): Command {
  const command = new Command("guardian").description(
    "the on-chain guardian: grant, revoke, list, preview; prints transactions for any wallet or Safe and sends nothing",
  );
  const named = (name: string, description: string, run: Run) =>
    command
      .command(name)
      .description(description)
      .requiredOption("--rpc <url...>", "endpoints, the main one first")
      .action(async (options: Options) => {
        const ran = await run(out, options);
        if (!ran.ok) sayFailure(out, ran.failure);
        finish(ran.ok ? ran.value : failureCode(ran.failure));
      });
  const written = ["--out <file>", "write the transactions as a Safe reads them"] as const;
  named("grant", "what a policy allows, the worst that could happen, and the transactions that arm it", grant)
    .requiredOption("--policy <file>", "policy file")
    .option("--acknowledge <words>", "needed for more than 10,000 USD: the words that are asked for")
    .option(
      "--signed",
      "print what the owner signs instead of a transaction that arms: anybody may carry it to the contract",
    )
    .option("--signature <hex>", "what the owner signed: the transaction that arms may then come from anybody")
    .option(...written);
  named("revoke", "the transactions that take everything back", revoke)
    .requiredOption("--guardian <address>", "the guardian")
    .requiredOption("--owner <address>", "whose allowances and policies end")
    .option("--id <policy>", "end this policy alone, and leave the allowances")
    .option("--nonce <nonce>", "burn the nonce of a policy that was signed and not armed, and leave the rest")
    .option(...written);
  named("list", "policies that were armed, and what stands of each", list)
    .requiredOption("--guardian <address>", "the guardian")
    .option("--since <block>", "first block in which policies are looked for", "0");
  named("preview", "what an execution would do now, and in which recorded crashes the policy is too small", preview)
    .requiredOption("--policy <file>", "policy file")
    .option("--pair-route <address...>", "pair routes to sell through");
  named("deploy", "the transactions that put guardian and pair route on a chain, and where they will stand", deploy)
    .requiredOption("--provider <address>", "PoolAddressesProvider of the market")
    .option("--morpho <address>", "second lender", "0x0000000000000000000000000000000000000000")
    .option("--pair-factory <address>", "a factory of constant-product pairs: also its route")
    .option("--counted <of 1000>", "what of 1,000 units sold counts after its fee", "997")
    .option(...written);
  return command;
}

const isHex = (text: string): text is Address => /^0x([0-9a-fA-F]{2})+$/.test(text);
const usd = (value: Exact) => `${brief(value, 2)} USD`;
const address = (text: string): Result<Address, Why> =>
  isAddress(text)
    ? ok(text)
    : fail(why("usage", { detail: `"${text}" is no address`, next: "write 0x and 40 hex digits" }));

/** The chain at one block, for all questions of a command. */
async function openAt(rpc: Options["rpc"]) {
  const source = await endpointSource(rpc);
  if (!source.ok) return source;
  const client = readClient(source.value);
  const head = await ask("eth_blockNumber", () => client.getBlockNumber({ cacheTime: 0 }));
  if (!head.ok) return head;
  return ok({ source: source.value, client, head: head.value, reader: guardianReader(client, head.value) });
}
interface Opened {
  readonly source: ChainSource;
  readonly client: Client;
  readonly head: bigint;
  readonly reader: ReturnType<typeof guardianReader>;
}

interface Pinned extends Opened, PinnedPolicy {
  readonly guardian: Address;
}

/** A policy file, checked and pinned to the market of a genuine guardian. */
async function openPolicy({ rpc, policy: file }: Options): Promise<Result<Pinned, Why>> {
  const read = readPolicyFile(file);
  if (!read.ok) return read;
  const opened = await openAt(rpc);
  if (!opened.ok) return opened;
  const { source, reader } = opened.value;
  const { guardian } = read.value.written;
  const genuine = await checkGuardianAt(source, guardian);
  if (!genuine.ok) return genuine;
  const provider = await readGuardian(reader, { to: guardian }, "PROVIDER", []);
  if (!provider.ok) return provider;
  const oracle = await readMarketOracle(reader, provider.value);
  if (!oracle.ok) return oracle;
  const listed = await readListed(reader, provider.value);
  if (!listed.ok) return listed;
  const pinned = pinPolicy(read.value, { provider: provider.value, oracle: oracle.value, listed: listed.value });
  if (!pinned.ok) return pinned;
  const checked = checkPolicy(pinned.value.policy, ms(Date.now()));
  return checked.ok ? ok({ ...opened.value, ...pinned.value, guardian }) : checked;
}

/** Prints transactions, or writes them as a Safe reads them. */
function handOver(
  out: Out,
  { chainId }: ChainSource,
  file: string | undefined,
  transactions: readonly Transaction[],
): void {
  for (const { to, says } of transactions) out.line(`to ${to}: ${says}`);
  if (file === undefined)
    for (const { to, data } of transactions) out.line(JSON.stringify({ chainId, to, value: "0", data }));
  else {
    writeFileSync(file, safeBatch(chainId, "Plimsoll guardian", transactions));
    out.line(`Written to ${file}. Nothing was sent.`);
  }
}

async function grant(out: Out, options: Options): Promise<Result<number, Why>> {
  const opened = await openPolicy(options);
  if (!opened.ok) return opened;
  const { source, guardian, policy, allow } = opened.value;
  const grants = allow.map(({ listed, of, amount }) => granted(listed, of, amount));
  const allowed = totalOf(grants);
  out.line(
    `Unaudited. Policy ${policyId(policy)} of ${policy.owner}, good until ${new Date(Number(policy.terms.expiry) * 1_000).toISOString()}.`,
  );
  for (const { symbol, amount, value } of grants)
    out.line(`Allows ${guardian} to take ${amount} units of ${symbol}, worth ${usd(value)}.`);
  for (const line of worstCaseText(worstCase(policy, allowed, ms(Date.now())))) out.line(line);
  const acknowledged = checkAcknowledged(allowed, options.acknowledge);
  if (!acknowledged.ok) return acknowledged;
  const approvals = grants.map((each) => approve(guardian, each));
  const { signature } = options;
  if (signature !== undefined) {
    if (!isHex(signature))
      return fail(why("usage", { detail: "--signature is no hex text", next: "write 0x and hex digits" }));
    handOver(out, source, options.out, [armBySignature(guardian, policy, signature)]);
  } else if (options.signed === true) {
    out.line(`Sign as typed data: ${canonical(policyTypedData(source.chainId, guardian, policy))}`);
    handOver(out, source, options.out, approvals);
  } else handOver(out, source, options.out, [...approvals, arm(guardian, policy)]);
  return ok(exitCodes.safe);
}

async function revoke(out: Out, options: Options): Promise<Result<number, Why>> {
  const [guardian, owner] = [address(options.guardian), address(options.owner)];
  if (!guardian.ok) return guardian;
  if (!owner.ok) return owner;
  const opened = await openAt(options.rpc);
  if (!opened.ok) return opened;
  const { source, reader } = opened.value;
  const single = singleOf(guardian.value, options);
  if (!single.ok) return single;
  if (single.value !== undefined) {
    handOver(out, source, options.out, [single.value]);
    return ok(exitCodes.safe);
  }
  const provider = await readGuardian(reader, { to: guardian.value }, "PROVIDER", []);
  if (!provider.ok) return provider;
  const listed = await readListed(reader, provider.value);
  if (!listed.ok) return listed;
  const grants = await readGranted(reader, listed.value, owner.value, guardian.value);
  if (!grants.ok) return grants;
  out.line("The first transaction alone ends every policy; the others take back what was allowed.");
  const back = grants.value.map((each) => approve(guardian.value, { ...each, amount: 0n }));
  handOver(out, source, options.out, [cancelAll(guardian.value), ...back]);
  return ok(exitCodes.safe);
}

/** The one policy that is to end, armed or only signed. */
function singleOf(guardian: Address, { id, nonce }: Options): Result<Transaction | undefined, Why> {
  if (id !== undefined && !(isHex(id) && id.length === 66))
    return fail(
      why("usage", { detail: `"${id}" is no policy's id`, next: "write one that plimsoll guardian list names" }),
    );
  if (nonce !== undefined && !/^\d{1,77}$/.test(nonce))
    return fail(why("usage", { detail: `"${nonce}" is no nonce`, next: "write a whole number" }));
  if (id !== undefined) return ok(cancel(guardian, id as Address));
  return ok(nonce === undefined ? undefined : cancelNonce(guardian, BigInt(nonce)));
}

async function list(out: Out, options: Options): Promise<Result<number, Why>> {
  const guardian = address(options.guardian);
  if (!guardian.ok) return guardian;
  const opened = await openAt(options.rpc);
  if (!opened.ok) return opened;
  const { client, head, reader, source } = opened.value;
  const genuine = await checkGuardianAt(source, guardian.value);
  if (!genuine.ok) return genuine;
  const found = await findPolicies(client, guardian.value, BigInt(options.since), head);
  if (!found.ok) return found;
  if (found.value.length === 0) out.line("No policy was ever armed there.");
  for (const { id, policy } of found.value) {
    const state = await readGuardian(reader, { to: guardian.value }, "stateOf", [policy]);
    if (!state.ok) return state;
    const account = await readAccount(reader, policy.provider, policy.owner);
    if (!account.ok) return account;
    const [isArmed, spent] = state.value;
    const health = healthOf(account.value);
    const until = new Date(Number(policy.terms.expiry) * 1_000).toISOString();
    const said = isArmed ? `armed until ${until}` : "ended";
    out.line(
      `${id} of ${policy.owner}: ${said}; health ${sayHealth(health)}, trigger ${sayHealth(policy.health.trigger)}; repaid this period ${usd(exact(spent, 8))}`,
    );
  }
  return ok(exitCodes.safe);
}

const sayHealth = (health: bigint | undefined): string =>
  health === undefined ? "without debt" : brief(exact(health, 18), 4);

async function preview(out: Out, options: Options): Promise<Result<number, Why>> {
  const opened = await openPolicy(options);
  if (!opened.ok) return opened;
  const { reader, guardian, policy } = opened.value;
  for (const { asset } of policy.debts) {
    const rescue = await proposeRescue(
      {
        ...{ reader, guardian, executor: policy.executors[0] ?? policy.owner },
        routesBetween: async (sell, buy) => {
          const routes = (options.pairRoute ?? []) as readonly Address[];
          const read = await Promise.all(
            routes.map((route) => readPairRoute(reader, { name: route, address: route }, sell, buy)),
          );
          return read.flatMap((route) => (route.ok ? [route.value] : []));
        },
      },
      policy,
      asset,
    );
    if (!rescue.ok) {
      const { reason = rescue.failure.code, next = "" } = rescue.failure.facts;
      out.line(`Now, debt ${asset}: ${reason}. ${next}`);
      continue;
    }
    const { outcome, cost } = rescue.value;
    out.line(
      `Now, debt ${asset}: health ${sayHealth(outcome.healthBefore)} to ${sayHealth(outcome.healthAfter)}, repays ${outcome.repaid}, bounty ${outcome.bounty}, premium ${outcome.premium} units; costs ${usd(cost)}.`,
    );
  }
  return sayDrills(out, opened.value);
}

/** The recorded crashes that the policy cannot save the position from, as it is now. */
async function sayDrills(out: Out, { reader, policy, allow }: Pinned): Promise<Result<number, Why>> {
  const account = await readAccount(reader, policy.provider, policy.owner);
  if (!account.ok) return account;
  const listed = await readListed(reader, policy.provider);
  if (!listed.ok) return listed;
  const allowed = totalOf(
    allow.filter(({ of }) => of === "aToken").map(({ listed: token, of, amount }) => granted(token, of, amount)),
  );
  out.line("Recorded crashes, by their prices alone, from here on, with an executor at every moment:");
  for (const path of shippedDrills()) {
    const drill = readDrillFile(path);
    if (!drill.ok) return drill;
    const course = courseOf(drill.value, listed.value);
    if (course.length > 0)
      out.line(`${drill.value.id}: ${sayRehearsed(rehearsePolicy(policy, account.value, course, allowed))}`);
  }
  return ok(exitCodes.safe);
}

const hindrances = {
  caps: "its caps are used up",
  allowance: "all that it may take is taken",
  "selling-lowers-health": "selling lowers health there, only the wallet's reserve helps",
  "too-fast": "prices fall past it at once",
} as const;

function sayRehearsed(rehearsed: Rehearsed): string {
  const { least, calls, repaid } = rehearsed;
  const done = `${calls} calls repay ${usd(repaid)}`;
  if (rehearsed.is === "survives") return `survives, health ${sayHealth(least)} at worst; ${done}`;
  return `this policy cannot save you in this drill: ${hindrances[rehearsed.for]} (${done}, another ${usd(rehearsed.missing)} would be needed)`;
}

async function deploy(out: Out, options: Options): Promise<Result<number, Why>> {
  const [provider, morpho] = [address(options.provider), address(options.morpho)];
  if (!provider.ok) return provider;
  if (!morpho.ok) return morpho;
  const source = await endpointSource(options.rpc);
  if (!source.ok) return source;
  const guardian = guardianDeployment(provider.value, morpho.value);
  const transactions = [{ ...guardian, says: `put the guardian at ${guardian.address}` }];
  if (options.pairFactory !== undefined) {
    const factory = address(options.pairFactory);
    if (!factory.ok) return factory;
    const route = pairRouteDeployment(factory.value, BigInt(options.counted));
    transactions.push({ ...route, says: `put the pair route at ${route.address}` });
  }
  handOver(out, source.value, options.out, transactions);
  return ok(exitCodes.safe);
}
