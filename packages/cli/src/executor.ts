import {
  type Armed,
  type Policy,
  type Rescue,
  type Site,
  guardianAbi,
  healthOf,
  penaltyOf,
  priceOf,
  proposeRescue,
  proposeReserveRepay,
  readAccount,
  readGuardian,
  readPairRoute,
  rescueData,
  valueOf,
} from "@plimsoll/contracts";
import { type Exact, type Result, type Why, brief, exact, fail, ok, why } from "@plimsoll/core/units";
import { machineTimers } from "@plimsoll/keeper";
import {
  type ChainSource,
  type LocalAccount,
  type Messenger,
  ask,
  mainUrl,
  messengerOf,
  rpcClient,
} from "@plimsoll/venues/chain";
import type { ExecutorJournal, Intended } from "./executor-journal.ts";
import { type Client, findPolicies, guardianReader } from "./guardian-reader.ts";

type Address = `0x${string}`;

export interface ExecutorSettings {
  readonly source: ChainSource;
  readonly guardian: Address;
  readonly account: LocalAccount;
  /** Pair routes that may be sold through. */
  readonly routes: readonly Address[];
  /** The chain's own coin as the market lists it: what gas costs is counted by its price. */
  readonly native: Address;
  /** Whether the penalty that the owner is spared counts too, not the bounty alone. */
  readonly isOwners: boolean;
  readonly journal: ExecutorJournal;
  /** First block in which policies are looked for. */
  readonly since: bigint;
  readonly pollMs: number;
  /** Once it is aborted nothing new is begun; what waits stays in the journal for the next run. */
  readonly stop: AbortSignal;
  readonly tell: (line: string) => void;
}

/** What waits is read from one operator: others may see another pending block. A wrong answer costs gas, nothing of an owner's. */
const pendingOf = ({ source }: ExecutorSettings): Client => rpcClient(mainUrl(source));

/** What became of one look: how many positions needed a call, and how many of these got it. */
export interface Look {
  readonly needed: number;
  readonly done: number;
}

export interface Executor {
  /** Ends what an earlier run began, then looks at every policy once. */
  look(): Promise<Result<Look, Why>>;
}

/** Share of the penalty avoided that fees may come to, percent: at the trigger, and at urgent. */
const worthIt = { usual: 30n, urgent: 60n };
/** Gas limit over what the call takes now: prices and paths move. */
const gasRoom = { times: 13n, over: 10n };

/** Somebody who needs nothing of the owner but the policy: a wallet with gas, an endpoint, and the contract's address. */
export function openExecutor(settings: ExecutorSettings): Executor {
  const { source, guardian, account, journal, tell } = settings;
  const messenger = messengerOf(source, account, { errors: guardianAbi, flowsOf: async () => ok([]) });
  const known = new Map<string, Armed>();
  let scanned = settings.since;
  let unfinished = journal.open;

  const learn = async (): Promise<Result<bigint, Why>> => {
    const head = await ask("eth_blockNumber", () => messenger.reader.getBlockNumber({ cacheTime: 0 }));
    if (!head.ok) return head;
    const found = await findPolicies(messenger.reader, guardian, scanned, head.value);
    if (!found.ok) return found;
    for (const armed of found.value) known.set(armed.id, armed);
    scanned = head.value + 1n;
    return head;
  };
  return {
    look: async () => {
      for (const intended of unfinished) {
        tell(`${intended.policy}: an earlier run meant to ${intended.call}; asking what became of it`);
        const ended = await follow(settings, messenger, intended);
        if (!ended.ok) return ended;
      }
      unfinished = [];
      const learnt = await learn();
      if (!learnt.ok) return learnt;
      let [needed, done] = [0, 0];
      for (const armed of known.values()) {
        const acted = await actOn(settings, messenger, armed, learnt.value);
        if (!acted.ok) tell(`${armed.id}: ${sayWhy(acted.failure)}`);
        else if (acted.value === "nothing to do") continue;
        needed += 1;
        if (acted.ok && acted.value === "done") done += 1;
      }
      return ok({ needed, done });
    },
  };
}

const sayWhy = ({ code, facts }: Why): string =>
  `${facts["reason"] ?? code}${facts["next"] === undefined ? "" : `: ${facts["next"]}`}`;

type Acted = "nothing to do" | "done" | "not done";

async function actOn(
  settings: ExecutorSettings,
  messenger: Messenger,
  armed: Armed,
  head: bigint,
): Promise<Result<Acted, Why>> {
  const { guardian, account, tell } = settings;
  const { id, policy } = armed;
  const stands = guardianReader(messenger.reader, head);
  const state = await readGuardian(stands, { to: guardian }, "stateOf", [policy]);
  if (!state.ok) return state;
  if (!state.value[0] || !mayExecute(policy, account.address)) return ok("nothing to do");
  const read = await readAccount(guardianReader(pendingOf(settings), "pending"), policy.provider, policy.owner);
  if (!read.ok) return read;
  const health = healthOf(read.value);
  if (health === undefined || health >= policy.health.trigger) return ok("nothing to do");

  const rescue = await propose(siteOf(settings), policy, tell, id);
  if (!rescue.ok) return rescue;
  const { outcome, debt, by } = rescue.value;
  tell(`${id}: health ${shown(outcome.healthBefore)}; ${by} brings it to ${shown(outcome.healthAfter)}`);
  const bounty = valueOf(read.value, debt, outcome.bounty);
  const isUrgent = health <= policy.health.urgent;
  const spared = (penaltyOf(read.value) * (isUrgent ? worthIt.urgent : worthIt.usual)) / 100n;
  const cap = await feeCap(settings, policy, bounty + (settings.isOwners ? spared : 0n));
  return cap.ok ? send(settings, messenger, armed, rescue.value, cap.value) : cap;
}

const shown = (health: bigint): string => brief(exact(health, 18), 4);
const mayExecute = ({ executors }: Policy, address: string): boolean =>
  executors.length === 0 || executors.some((each) => each.toLowerCase() === address.toLowerCase());

const siteOf = (settings: ExecutorSettings): Site => {
  const { guardian, account, routes } = settings;
  const pending = guardianReader(pendingOf(settings), "pending");
  return {
    reader: pending,
    guardian,
    executor: account.address,
    routesBetween: async (sell, buy) => {
      const read = await Promise.all(
        routes.map((address) => readPairRoute(pending, { name: `pairs by ${address}`, address }, sell, buy)),
      );
      return read.flatMap((route) => (route.ok ? [route.value] : []));
    },
  };
};

/** The wallet's reserve first, where the owner allows it: it sells nothing. Then each debt of the policy in its order. */
async function propose(
  site: Site,
  policy: Policy,
  tell: (line: string) => void,
  id: string,
): Promise<Result<Rescue, Why>> {
  let refused: Why | undefined;
  for (const { asset } of policy.terms.reserveRepay ? policy.debts : []) {
    const proposed = await proposeReserveRepay(site, policy, asset);
    if (proposed.ok) return proposed;
    refused = proposed.failure;
  }
  if (refused !== undefined) tell(`${id}: not from the wallet's reserve, ${refused.facts["reason"] ?? refused.code}`);
  for (const { asset } of policy.debts) {
    const proposed = await proposeRescue(site, policy, asset);
    if (proposed.ok) return proposed;
    refused = proposed.failure;
  }
  return fail(refused ?? why("guardian/no-debts", { next: "the policy names no debt" }));
}

/** What a rescue is worth, in the chain's own coin. */
async function feeCap(settings: ExecutorSettings, { provider }: Policy, worth: bigint): Promise<Result<Exact, Why>> {
  const { native } = settings;
  const price = await priceOf(guardianReader(pendingOf(settings), "pending"), provider, native);
  if (!price.ok) return price;
  if (price.value > 0n) return ok(exact((worth * 10n ** 18n) / price.value, 18));
  return fail(
    why("guardian/no-native-price", {
      asset: native,
      next: "name the chain's wrapped coin as the market lists it: --native",
    }),
  );
}

async function send(
  settings: ExecutorSettings,
  messenger: Messenger,
  { id, policy }: Armed,
  rescue: Rescue,
  cap: Exact,
): Promise<Result<Acted, Why>> {
  const { guardian, account, journal } = settings;
  const call = { to: guardian, data: rescueData(policy, rescue) };
  const gas = await ask("eth_estimateGas", () =>
    pendingOf(settings).estimateGas({ account: account.address, ...call }),
  );
  if (!gas.ok) return gas;
  const key = `${id} ${rescue.outcome.healthBefore} ${Date.now()}`;
  const draft = { ...call, gas: (gas.value * gasRoom.times) / gasRoom.over, usualGas: gas.value };
  const prepared = await messenger.prepare(key, [draft], cap);
  if (!prepared.ok) return prepared;
  const intended: Intended = {
    ...{ kind: "intended", key, policy: id, owner: policy.owner, call: rescue.by, prepared: prepared.value },
    healthBefore: shown(rescue.outcome.healthBefore),
    healthAfter: shown(rescue.outcome.healthAfter),
    bounty: `${rescue.outcome.bounty}`,
  };
  const written = await journal.write(intended);
  return written.ok ? follow(settings, messenger, intended) : written;
}

/** Sends a journaled message, and again or dearer while it waits, until the chain has said what became of it. */
async function follow(
  { journal, pollMs, stop, tell }: ExecutorSettings,
  messenger: Messenger,
  { key, policy, prepared }: Intended,
): Promise<Result<Acted, Why>> {
  let reply = await messenger.query(prepared);
  for (;;) {
    if (reply.is === "not-found") reply = await messenger.send(prepared);
    if (reply.is === "done" || reply.is === "refused" || reply.is === "expired") break;
    await machineTimers.sleep(pollMs, stop).catch(() => undefined);
    if (stop.aborted) return ok("not done");
    if (reply.is === "accepted") {
      const hastened = await messenger.hasten(prepared);
      if (hastened.is !== "waits") tell(`${policy}: waits too long, ${hastened.is}`);
    }
    reply = await messenger.query(prepared);
  }
  const written = await journal.write({ kind: "said", key, reply });
  if (!written.ok) return written;
  tell(
    `${policy}: ${reply.is === "done" ? `done, ${prepared.reference}` : `${reply.is}, ${"why" in reply && reply.why !== undefined ? sayWhy(reply.why) : ""}`}`,
  );
  return ok(reply.is === "done" ? "done" : "not done");
}
