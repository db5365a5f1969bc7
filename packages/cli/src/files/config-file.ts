import { type Result, type Why, invariant, ok } from "@plimsoll/core/units";
import * as z from "zod";
import type { Pending } from "@plimsoll/core/book";
import type { Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import { venues } from "@plimsoll/venues";
import { type ChainAccount, chainAccounts } from "./chain-account.ts";
import { type ExchangeAccount, exchangeAccounts } from "./exchange-account.ts";
import { guardsOf, writtenGuard } from "./guard-file.ts";
import { confirmedIn } from "./guard-version.ts";
import { inputSchema, published } from "./json-schema.ts";
import { noticesOf, writtenNotice } from "./notice-file.ts";
import { reservesOf, writtenReserve } from "./reserve-file.ts";
import { secretSource } from "./secrets.ts";
import { type SourceFile, checkSource, readSourceFile } from "./source-file.ts";
import { refuseTwins } from "./twin-accounts.ts";
import { duration, share, whole } from "./units.ts";

const [account, ...otherAccounts] = [...chainAccounts, ...exchangeAccounts];
invariant(account !== undefined, "some venue can be reached");

/** Defaults whose written form is another than what is read from it. */
const unset = { server: { port: "8721" }, pollEvery: "5s", termsEvery: "1h", panic: { slippage: "1%" } } as const;

const config = z.strictObject({
  $schema: z.string().optional(),
  plimsoll: z.literal("config/1"),
  dataDir: z.string().min(1).default(".plimsoll"),
  store: z.union([z.literal("sqlite"), z.strictObject({ postgres: secretSource })]).default("sqlite"),
  server: z
    .strictObject({
      host: z
        .enum(["127.0.0.1", "::1", "localhost"])
        .default("127.0.0.1")
        .describe("loopback only; put a proxy with TLS before it for anything else"),
      port: whole.prefault(unset.server.port),
      token: secretSource.optional(),
    })
    .prefault({}),
  keyStore: z
    .strictObject({
      file: z.string().min(1).optional().describe("default: keys.age in dataDir"),
      identity: z.string().min(1).optional().describe("age identity file that opens it, in another folder"),
      passphrase: secretSource
        .optional()
        .describe("where the passphrase is; else PLIMSOLL_KEYS_PASSPHRASE, else it is asked for at start"),
    })
    .refine(({ identity, passphrase }) => identity === undefined || passphrase === undefined, {
      error: "an identity and a passphrase are named: one of them opens the store",
    })
    .prefault({}),
  pollEvery: duration.prefault(unset.pollEvery).describe("how often a venue without a stream is read"),
  termsEvery: duration
    .prefault(unset.termsEvery)
    .describe("how often rules and queues of changes are read again; a chain's rules are read with each block"),
  signer: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
    .default(false)
    .describe("true: serve holds no key that sends; plimsoll signer does, on the same dataDir"),
  panic: z
    .strictObject({
      slippage: share
        .prefault(unset.panic.slippage)
        .describe("furthest from the price in the first of the passes of a panic; each goes as far again"),
    })
    .prefault({}),
  accounts: z.array(z.discriminatedUnion("venue", [account, ...otherAccounts])).min(1),
  guards: z.array(writtenGuard).default([]),
  reserves: z.array(writtenReserve).default([]).describe("money that guards may use, beyond what each of them names"),
  notices: z.array(writtenNotice).default([]).describe("changes of rules that were announced"),
});
export type Config = z.output<typeof config>;
export type AccountConfig = ChainAccount | ExchangeAccount;
/** Whether an account is read on a chain. */
export const isOnChain = (account: AccountConfig): account is ChainAccount => "rpc" in account;

/** Where a value came from: the layers in their order, a later one wins. */
export type Origin = "default" | "file" | "environment" | "flag";
export interface LayeredConfig {
  readonly config: Config;
  readonly guards: readonly Guard[];
  readonly reserves: readonly Reserve[];
  /** Ids of guards whose loosening a person confirmed. */
  readonly confirmed: readonly string[];
  /** Changes of rules that the owner was told of. */
  readonly notices: readonly Pending[];
  /** One row per leaf value: path, the text as a person writes it (secrets are names, never values), and the layer it came from. */
  readonly rows: readonly {
    readonly path: string;
    readonly value: string;
    readonly origin: Origin;
    readonly where: string;
  }[];
}

type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** PLIMSOLL__SERVER__PORT=8080 as { server: { port: "8080" } }; keys are matched without case against the schema's. */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Tree {
  const tree: Tree = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("PLIMSOLL__") || value === undefined) continue;
    put(tree, name.slice("PLIMSOLL__".length).split("__").map(keyOf), value);
  }
  return tree;
}
/** DATA_DIR to dataDir. */
const keyOf = (word: string): string =>
  word.toLowerCase().replaceAll(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) tree[key] = value;
  else {
    const below = isTree(tree[key]) ? tree[key] : {};
    tree[key] = below;
    put(below, rest, value);
  }
}

const merged = (low: unknown, high: unknown): unknown => {
  if (!isTree(low) || !isTree(high)) return high === undefined ? low : high;
  const keys = new Set([...Object.keys(low), ...Object.keys(high)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(low[key], high[key])]));
};

const has = (tree: unknown, path: readonly PropertyKey[]): boolean =>
  path.length === 0
    ? tree !== undefined
    : typeof tree === "object" &&
      tree !== null &&
      has((tree as Record<PropertyKey, unknown>)[path[0] ?? ""], path.slice(1));

/** Reads a config file under its layers: default < file < environment < flag. Failures name the line, the variable or the flag. */
export function readConfig(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  flags: Tree,
): Result<LayeredConfig, Why> {
  const file = readSourceFile(path);
  if (!file.ok) return file;
  const variables = fromEnvironment(environment);
  const value = merged(merged(file.value.value, variables), flags);
  const checked = checkSource(layered(file.value, variables, flags), config, value);
  if (!checked.ok) return checked;
  const twins = refuseTwins(file.value, checked.value.accounts);
  if (!twins.ok) return twins;
  const guards = guardsOf(
    file.value,
    checked.value.guards,
    checked.value.accounts.map(({ name }) => name),
  );
  if (!guards.ok) return guards;
  const documents = venues.flatMap(({ terms }) => terms);
  const notices = noticesOf(file.value, checked.value.notices, documents, false);
  if (!notices.ok) return notices;
  const rows = new Map<string, LayeredConfig["rows"][number]>();
  for (const leaf of leaves(checked.value)) {
    const written = writtenAt(value, leaf.path);
    const { path: at, shown } = written ?? writtenAt(unset, leaf.path) ?? leaf;
    const origin = originOf(at, variables, flags, written !== undefined);
    const where = origin === "file" ? file.value.at(at) : "";
    rows.set(at.join("."), { path: at.join("."), value: shown, origin, where });
  }
  const reserves = reservesOf(file.value, checked.value.reserves, checked.value.accounts);
  if (!reserves.ok) return reserves;
  const confirmed = confirmedIn(checked.value.guards, guards.value);
  return ok({
    config: checked.value,
    guards: guards.value,
    reserves: reserves.value,
    confirmed,
    notices: notices.value,
    rows: [...rows.values()],
  });
}

/** Messages about a value that came from a variable or a flag name that, not a line of the file. */
function layered(file: SourceFile, variables: Tree, flags: Tree): SourceFile {
  const variable = (path: readonly PropertyKey[]) =>
    `PLIMSOLL__${path
      .map((part) =>
        String(part)
          .replaceAll(/([A-Z])/g, "_$1")
          .toUpperCase(),
      )
      .join("__")}`;
  return {
    ...file,
    at: (path, key) => {
      const full = key === undefined ? path : [...path, key];
      if (has(flags, full)) return `--${full.map(String).join("-")}`;
      return has(variables, full) && full.length > 0 ? variable(full) : file.at(path, key);
    },
  };
}

type Path = readonly (string | number)[];
interface Leaf {
  readonly path: Path;
  readonly shown: string;
}

const originOf = (path: Path, variables: Tree, flags: Tree, isWritten: boolean): Origin => {
  if (has(flags, path)) return "flag";
  if (has(variables, path)) return "environment";
  return isWritten ? "file" : "default";
};

/** What stands at this path, or above it where one text is read as several values: "15000 USDC" as amount and asset. */
function writtenAt(tree: unknown, path: Path): Leaf | undefined {
  let found = tree;
  for (const [depth, key] of [...path, ""].entries()) {
    if (found === undefined || found === null) return undefined;
    if (typeof found !== "object")
      return { path: path.slice(0, depth), shown: `${found as string | number | boolean}` };
    found = (found as Record<string | number, unknown>)[key];
  }
  return undefined;
}

function leaves(value: unknown, path: Path = []): readonly Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (isTree(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  return value === undefined ? [] : [{ path, shown: `${value as string | number | boolean}` }];
}

/** JSON Schema of a config file, for editors. */
export const configSchema = (): object => published("Plimsoll config file", inputSchema(config));
