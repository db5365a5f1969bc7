import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import {
  KEY_STORE,
  type KeyEntry,
  type KeyLock,
  type KeyParts,
  addKey,
  keyName,
  labelOf,
  readKeys,
  removeKey,
} from "@plimsoll/keeper";
import { venues } from "@plimsoll/venues";
import { type KeyPart, type KeyUse, keyUses } from "@plimsoll/venues/wire";
import { Argument, Command, Option } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type Ask, readKeyLock } from "./files/key-lock.ts";
import { readSecret, readSecretFile } from "./files/secrets.ts";
import { hiddenInput } from "./hidden-input.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { plainTable } from "./table.ts";

interface StoreOptions {
  readonly dataDir: string;
  readonly identity?: string;
  readonly passphraseFile?: string;
}
interface AddOptions extends StoreOptions {
  readonly venue: string;
  readonly for: KeyUse;
  readonly fromFile?: string;
  readonly fromEnv?: string;
}

/** What people would write by habit; known only to be refused with the reason. */
const secretOptions = ["key", "secret", "passphrase"] as const;
const keyVenues = venues.filter(({ keys }) => keys !== undefined).map(({ id }) => String(id));

/** plimsoll keys: the encrypted store of keys. No secret is an argument: other users of the machine see those. */
export function keysCommand(out: Out, finish: Finish): Command {
  const end = (done: Result<string, Why>) => {
    if (done.ok) return out.line(done.value);
    sayFailure(out, done.failure);
    finish(failureCode(done.failure));
  };
  const add = stored(new Command("add"))
    .description(
      "add a key; its secret parts are asked for without echo, or read from lines piped in, a file, a variable",
    )
    .argument("<name>", "how the config will call it, for example desk-read")
    .addArgument(new Argument("[nothing-else...]", "a secret is never an argument: it is asked for"))
    .addOption(new Option("--venue <venue>", "whose key it is").choices(keyVenues).makeOptionMandatory())
    .addOption(
      new Option("--for <use>", "what it is for; one key for each").choices([...keyUses]).makeOptionMandatory(),
    )
    .addOption(new Option("--from-file <file>", "read the parts from a file, one a line").conflicts("fromEnv"))
    .option("--from-env <variable>", "read the parts from a variable, one a line")
    .action(async (name: string, more: readonly string[], options: AddOptions, command: Command) => {
      const shown = more.length > 0 || secretOptions.some((option) => command.getOptionValue(option) !== undefined);
      if (!shown) return end(await addNamed(name, options, hiddenInput()));
      sayFailure(out, secretArgument);
      finish(exitCodes.usage);
    });
  for (const option of secretOptions) add.addOption(new Option(`--${option} <value>`).hideHelp());
  const list = stored(new Command("list"))
    .description("names, venues, uses and fingerprints; never a secret")
    .option("--json", "as JSON")
    .action(async (options: StoreOptions & { json?: true }) => {
      const keys = await withLock(options, hiddenInput(), readKeys);
      end(keys.ok ? ok(options.json ? jsonOf(keys.value) : tableOf(keys.value)) : keys);
    });
  const remove = stored(new Command("rm"))
    .description("remove a key from the store; delete it at the venue too")
    .argument("<name>", "name of the key")
    .action(async (name: string, options: StoreOptions) => {
      const gone = await withLock(options, hiddenInput(), (file, lock) => removeKey(file, lock, name));
      end(gone.ok ? ok(`${name} is removed. It still works at its venue until you delete it there.`) : gone);
    });
  const command = new Command("keys")
    .description("the encrypted store of keys: add, list, remove")
    .allowExcessArguments(false)
    .addHelpText("after", help);
  for (const sub of [add, list, remove]) command.addCommand(sub);
  return command;
}

const help = `
The store is one age file, keys.age in the data folder; the age tool opens it too. What opens it, the first that is there:
  --identity FILE, --passphrase-file FILE (both readable by you alone), the variable PLIMSOLL_KEYS_PASSPHRASE, a question.
Questions are answered on the terminal without echo; without a terminal each takes one line of what is piped in, in the same order.`;

const stored = (command: Command) =>
  command
    .option("--data-dir <folder>", "data folder of the keeper", ".plimsoll")
    .addOption(new Option("--identity <file>", "age identity that opens the store").conflicts("passphraseFile"))
    .option("--passphrase-file <file>", "file with the passphrase that opens the store");

/** A passphrase that makes a store is typed twice: nobody sees what was typed. */
const typedTwice =
  (ask: Ask): Ask =>
  async (label) => {
    const first = await ask(label);
    if (!first.ok) return first;
    const second = await ask(`${label}, again`);
    if (!second.ok || second.value === first.value) return second;
    return fail(why("usage", { detail: "the two passphrases differ", next: "nothing was made: do it again" }));
  };

async function withLock<T>(
  { dataDir, identity, passphraseFile }: StoreOptions,
  ask: Ask,
  use: (file: string, lock: KeyLock) => Promise<Result<T, Why>>,
): Promise<Result<T, Why>> {
  const file = join(dataDir, KEY_STORE);
  const passphrase = passphraseFile === undefined ? undefined : { file: passphraseFile };
  const lock = await readKeyLock(file, { identity, passphrase }, process.env, ask);
  return lock.ok ? use(file, lock.value) : lock;
}

async function addNamed(name: string, options: AddOptions, ask: Ask): Promise<Result<string, Why>> {
  if (!keyName.safeParse(name).success)
    return fail(
      why("usage", { detail: "not a key's name", next: "letters, digits, '-', '_' and '.', for example desk-read" }),
    );
  const isNew = !existsSync(join(options.dataDir, KEY_STORE));
  const askLock = isNew && process.stdin.isTTY ? typedTwice(ask) : ask;
  return withLock(options, askLock, async (file, lock) => {
    // before the key is asked for: whoever mistypes the passphrase has not pasted a secret for nothing
    const opened = isNew ? ok([]) : await readKeys(file, lock);
    if (!opened.ok) return opened;
    const parts = await readParts(options, ask);
    if (!parts.ok) return parts;
    const entry: KeyEntry = { name, venue: options.venue, use: options.for, added: ms(Date.now()), parts: parts.value };
    const added = await addKey(file, lock, entry);
    if (!added.ok) return added;
    const { fingerprint } = labelOf(entry);
    return ok(`${name} is added to ${file}${isNew ? ", a new store" : ""}. Fingerprint ${fingerprint}.`);
  });
}

/** The secret parts, in the venue's order, from the one place that was named. */
async function readParts({ venue, fromFile, fromEnv }: AddOptions, ask: Ask): Promise<Result<KeyParts, Why>> {
  const wanted = venues.find(({ id }) => id === venue)?.keys?.parts ?? [];
  const lines = fromFile === undefined && fromEnv === undefined ? undefined : linesFrom(fromFile, fromEnv);
  if (lines?.ok === false) return lines;
  if (lines !== undefined && lines.value.length !== wanted.length)
    return fail(partsWanted(venue, wanted, lines.value.length));
  const parts: [KeyPart, string][] = [];
  for (const [index, part] of wanted.entries()) {
    const value = lines === undefined ? await ask(`${venue} ${part}`) : ok(lines.value[index] ?? "");
    if (!value.ok) return value;
    parts.push([part, value.value.trim()]);
  }
  return ok(Object.fromEntries(parts));
}

function linesFrom(file: string | undefined, variable = ""): Result<readonly string[], Why> {
  const text = file === undefined ? readSecret({ env: variable }, process.env) : readSecretFile(file);
  return text.ok ? ok(text.value.split(/\r?\n/).map((line) => line.trim())) : text;
}

const partsWanted = (venue: string, wanted: readonly KeyPart[], found: number): Why =>
  why("usage", {
    detail: `a key of ${venue} has ${wanted.length} parts, one a line: ${wanted.join(", ")}; ${found} were found`,
    next: "correct the file or the variable",
  });

const secretArgument = why("usage", {
  detail:
    "a secret is never an argument: every user of this machine can see the arguments of a running program, and the shell keeps them",
  next: "leave it away: it is asked for without echo; or pipe it in, or use --from-file. Replace this key at the venue: it has been shown",
});

const tableOf = (keys: readonly KeyEntry[]): string =>
  keys.length === 0
    ? "The store has no keys."
    : plainTable(
        ["name", "venue", "for", "fingerprint", "added"],
        keys
          .map(labelOf)
          .map(({ name, venue, use, fingerprint, added }) => [name, venue, use, fingerprint, dayOf(added)]),
      );

const jsonOf = (keys: readonly KeyEntry[]): string =>
  JSON.stringify(
    keys.map(labelOf).map(({ added, ...label }) => ({ ...label, added: new Date(added).toISOString() })),
    null,
    2,
  );

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
