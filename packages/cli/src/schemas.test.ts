import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { schemas } from "./config-command.ts";
import { readBookFile } from "./files/book-file.ts";
import { readConfig } from "./files/config-file.ts";
import { ms } from "@plimsoll/core/units";
import { runInTest } from "./run-in-test.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string): unknown => parse(readFileSync(path, "utf8"));
const yamls = ["examples", "packages/cli/books"].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name)),
);
const kindOf = (file: string) => (read(join(root, file)) as { plimsoll: string }).plimsoll;
const books = yamls.filter((file) => kindOf(file) === "book/1");
const configs = yamls.filter((file) => kindOf(file) === "config/1");

const validators = new Map<string, ValidateFunction>();
function complaints(schema: string, value: unknown): unknown {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  const validate = validators.get(schema) ?? ajv.compile(schemas[schema]!() as object);
  validators.set(schema, validate);
  return validate(value) ? [] : validate.errors;
}

test.each(Object.entries(schemas))(
  "the published %s schema is current; else: npm run schemas -w plimsoll",
  (name, schema) => {
    const file = join(root, "packages/cli/schemas", `${name}.schema.json`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(schema())));
    expect(schema()).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema" });
  },
);

test("there is something to check", () => {
  expect(books.length).toBeGreaterThan(5);
  expect(configs.length).toBeGreaterThan(0);
});

test.each(books)("%s fits the book schema as YAML has it, and the reader takes it", (file) => {
  expect(complaints("book", read(join(root, file)))).toEqual([]);
  expect(readBookFile(join(root, file), ms(0)).ok).toBe(true);
});

test.each(configs)("%s fits the config schema, and the reader takes it", (file) => {
  expect(complaints("config", read(join(root, file)))).toEqual([]);
  expect(readConfig(join(root, file), {}, {}).ok).toBe(true);
});

test.each(books)("check --json of %s fits the book-view schema", async (file) => {
  const { lines } = await runInTest("check", join(root, file), "--json");
  expect(complaints("book-view", JSON.parse(lines))).toEqual([]);
});

// what the reader refuses, an editor underlines
const loan = read(join(root, "examples/loan.yaml")) as { accounts: object[]; guards: object[] };
const withAccount = (change: object) => ({ ...loan, accounts: [{ ...loan.accounts[0], ...change }] });
const withGuard = (change: object) => ({ ...loan, guards: [{ ...loan.guards[0], ...change }] });
// oxfmt-ignore
test.each([
  ["an unknown key",             { ...loan, colour: "red" }],
  ["an account without a name",  withAccount({ name: undefined })],
  ["an unknown venue",           withAccount({ venue: "bynance" })],
  ["a negative price",           withAccount({ prices: { WETH: { price: -1, unit: "USD" } } })],
  ["an e-mode that is a word",   withAccount({ eMode: "eth" })],
  ["a remedy without its asset", withGuard({ do: [{ repay: 8000 }] })],
  ["a share without its unit",   withGuard({ do: [{ reduce: "BTCUSDT", slippage: 0.5 }] })],
])("the book schema refuses %s", (_case, value) => {
  expect(complaints("book", JSON.parse(JSON.stringify(value)))).not.toEqual([]);
});

test("a number may be written as a number or as text, and whole numbers of the venue too", () => {
  const parameters = { XYZ: { decimals: 18, ltv: 0.5, liquidationThreshold: "0.6" } };
  for (const eMode of [1, "1"]) expect(complaints("book", withAccount({ eMode, parameters }))).toEqual([]);
});
