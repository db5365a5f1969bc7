import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { type Why, DAY_MS, fail, why } from "@plimsoll/core/units";
import { venues } from "@plimsoll/venues";
import { Command } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { radiusText } from "./blast-radius.ts";
import { secretFindings } from "./doctor-secrets.ts";
import { type LayeredConfig, readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { type Finding, broken } from "./finding.ts";
import { hiddenInput } from "./hidden-input.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { type Unread, readPermissions } from "./permissions.ts";

/** Terms older than this print a warning. */
const TERMS_MAX_AGE_DAYS = 30;

/** plimsoll doctor: looks at everything a run needs and says what is missing; it changes nothing. */
export function doctorCommand(out: Out, finish: Finish): Command {
  return new Command("doctor")
    .description("what a run needs and what of it is missing; changes nothing")
    .option("--config <file>", "also look at this config: secrets present, data folder writable, port free")
    .option("--permissions", "what each secret of the config can do, and what a thief could do with it at worst")
    .option("--json", "as JSON")
    .action(async ({ config, json, permissions }: { config?: string; json?: true; permissions?: true }) => {
      if (permissions) return finish(await sayPermissions(out, config, json === true));
      const findings = [...program(), ...terms(Date.now()), ...(config === undefined ? [] : await configured(config))];
      if (json) out.line(JSON.stringify(findings, null, 2));
      else
        for (const { is, what, detail, next } of findings)
          out.line(`${mark[is]} ${what}: ${detail}${next === undefined ? "" : `\n     Next: ${next}`}`);
      finish(findings.some(({ is }) => is === "broken") ? exitCodes.error : exitCodes.safe);
    });
}

/** Prints the blast radius of every secret; a key that is refused, or a timer that takes stops away which something relies on, is an error; one of which nothing is known is unknown. */
async function sayPermissions(out: Out, file: string | undefined, json: boolean): Promise<number> {
  const layers = file === undefined ? fail(needsConfig) : readConfig(file, process.env, {});
  if (!layers.ok) {
    sayFailure(out, layers.failure);
    return failureCode(layers.failure);
  }
  const { config } = layers.value;
  const radii = await readPermissions(layers.value, keyRing(config, process.env, hiddenInput()), process.env);
  if (json) out.line(JSON.stringify(radii, null, 2));
  else out.line(radii.map((radius) => ("unread" in radius ? unreadText(radius) : radiusText(radius))).join("\n\n"));
  if (radii.some((radius) => "unread" in radius || radius.warnings.some(isRefusal))) return exitCodes.error;
  return radii.some((radius) => "can" in radius && radius.warnings.some(isUnread)) ? exitCodes.unknown : exitCodes.safe;
}

const needsConfig = why("usage", {
  detail: "--permissions looks at the secrets of a config",
  next: "add --config FILE",
});
const isRefusal = ({ code }: Why): boolean => code.endsWith("/key-can-withdraw") || code === "venue/dead-man-relied-on";
const isUnread = ({ code }: Why): boolean => code.endsWith("/key-permission-unknown") || code.startsWith("chain/");
const unreadText = ({ secret, unread: { code, facts } }: Unread): string =>
  `${secret}: unknown, ${facts["detail"] ?? code}\n  Next: ${facts["next"] ?? ""}`;

const mark = { good: "ok  ", note: "note", broken: "BAD " } as const;

function program(): readonly Finding[] {
  const chain = ["@foundry-rs/anvil", "solc", "@aave-dao/aave-v3-origin"].filter((name) => !installed(name));
  const dashboard = existsSync(new URL(import.meta.resolve("@plimsoll/web/dist/index.html")));
  return [
    { is: "good", what: "node", detail: process.versions.node },
    chain.length === 0
      ? { is: "good", what: "local chain", detail: "anvil, the compiler and the Aave v3 contracts are installed" }
      : {
          is: "note",
          what: "local chain",
          detail: `not installed: ${chain.join(", ")}; the demo runs its exchange half only`,
          next: "run from a clone of the repository",
        },
    dashboard
      ? { is: "good", what: "dashboard", detail: "built" }
      : { is: "note", what: "dashboard", detail: "not built", next: "npm start builds it" },
  ];
}

function installed(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

function terms(now: number): readonly Finding[] {
  return venues.flatMap((venue) =>
    venue.terms.slice(0, 1).map((document): Finding => {
      const age = Math.floor((now - document.validFrom) / DAY_MS);
      const detail = `${document.rules}, ${age} days old, ${document.source}`;
      if (age <= TERMS_MAX_AGE_DAYS) return { is: "good", what: `terms of ${venue.id}`, detail };
      return {
        is: "note",
        what: `terms of ${venue.id}`,
        detail,
        next: "book files use these; a connected account reads the venue's own",
      };
    }),
  );
}

async function configured(file: string): Promise<readonly Finding[]> {
  const layers = readConfig(file, process.env, {});
  if (!layers.ok) return [broken("config", layers.failure)];
  const { config } = layers.value;
  return [
    { is: "good", what: "config", detail: `${file} is valid` },
    ...(await secretFindings(config, keyRing(config, process.env, hiddenInput()), process.env)),
    dataFolder(config.dataDir),
    await port(config.server.host, config.server.port),
    ...modes(layers.value),
  ];
}

function dataFolder(folder: string): Finding {
  const path = resolve(folder);
  try {
    const existing = nearestParent(path);
    if (!statSync(existing).isDirectory()) throw new Error(`${existing} is a file`);
    accessSync(existing, constants.W_OK);
    return { is: "good", what: "data folder", detail: `${path} can be written` };
  } catch {
    return {
      is: "broken",
      what: "data folder",
      detail: `${path} cannot be written by this user`,
      next: "change its owner, or set dataDir",
    };
  }
}
const nearestParent = (path: string): string => (existsSync(path) ? path : nearestParent(dirname(path)));

async function port(host: string, number: number): Promise<Finding> {
  const free = await new Promise<boolean>((settle) => {
    const server = createServer();
    server.once("error", () => settle(false));
    server.listen(number, host, () => server.close(() => settle(true)));
  });
  if (free) return { is: "good", what: "port", detail: `${host}:${number} is free` };
  return {
    is: "broken",
    what: "port",
    detail: `${host}:${number} is in use`,
    next: "stop what uses it, or set server.port",
  };
}

function modes({ config }: LayeredConfig): readonly Finding[] {
  const armed = config.guards.filter(({ mode }) => mode === "armed").length;
  if (config.guards.length === 0)
    return [
      {
        is: "note",
        what: "guards",
        detail: "none: this book is watched, not protected",
        next: "write guards into the config",
      },
    ];
  if (armed === 0)
    return [
      {
        is: "note",
        what: "guards",
        detail: `${config.guards.length} in shadow, none armed: shadow protects nobody`,
        next: "set mode: armed when the shadow decisions are the ones you want",
      },
    ];
  return [{ is: "good", what: "guards", detail: `${armed} of ${config.guards.length} armed` }];
}
