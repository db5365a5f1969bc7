import {
  type Exact,
  type Result,
  type Why,
  compare,
  fail,
  ok,
  parseExact,
  text,
  trim,
  why,
} from "@plimsoll/core/units";

/** One parameter that differs between two terms documents; a side is absent where its document has no such parameter. */
export interface TermsChange {
  readonly path: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * All parameters of a terms document's body by their path: names joined by "/" (a "/" inside a name is "~1", a "~" is "~0", as
 * in RFC 6901). Rows of a list go by their own name where they have one (`asset`, `symbol`, `name` or `id`), else by their number
 * from 1: "reserves/WETH/liquidationThreshold", "symbols/BTCUSDT/tiers/3/rate". Values are text, the same for a body in memory and
 * for the JSON that a journal gives back. What a body says of itself under `facts` is no parameter.
 */
export function parametersOf(body: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    const parts = partsOf(value);
    if (parts === undefined) found.set(path, leafText(value));
    else for (const [name, part] of parts) walk(part, `${path}/${escaped(name)}`);
  };
  for (const [name, part] of partsOf(body) ?? []) if (name !== "facts") walk(part, escaped(name));
  return found;
}

/** What changed from one body to another, as "path, from, to"; decimals that differ in idle zeros only are the same. */
export function diffTerms(before: unknown, after: unknown): readonly TermsChange[] {
  const [old, now] = [parametersOf(before), parametersOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [from, to] = [old.get(path), now.get(path)];
    if (from !== undefined && to !== undefined && isSame(from, to)) return [];
    return [{ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
  });
}

/**
 * A copy of a body in which one parameter has another value, of the same kind as the one it had.
 * @returns failures `terms/no-such-parameter`, with the names that there are, and `terms/not-such-a-value`.
 */
export function withParameter(body: unknown, path: string, to: string): Result<unknown, Why> {
  const put = (value: unknown, [name, ...rest]: readonly string[]): Result<unknown, Why> => {
    const parts = partsOf(value);
    if (name === undefined) return parts === undefined ? leafLike(value, path, to) : fail(unnamed(path, parts));
    const index = parts?.findIndex(([each]) => each === name) ?? -1;
    const part = parts?.[index];
    if (part === undefined) return fail(unnamed(path, parts ?? []));
    const changed = put(part[1], rest);
    if (!changed.ok) return changed;
    if (Array.isArray(value)) return ok((value as readonly unknown[]).with(index, changed.value));
    return ok({ ...(value as object), [name]: changed.value });
  };
  return put(body, path.split("/").map(unescaped));
}

type Part = readonly [name: string, value: unknown];

/** The named parts of a list or a record; undefined for a single value. */
function partsOf(value: unknown): readonly Part[] | undefined {
  if (typeof value !== "object" || value === null || isExact(value)) return undefined;
  if (Array.isArray(value)) {
    const names = rowNames(value);
    return value.map((row, index): Part => [names[index]!, row]);
  }
  return Object.entries(value).filter(([, part]) => part !== undefined);
}

/** Fields that name a row, in the order in which they are tried. */
const namingFields = ["asset", "symbol", "name", "id"] as const;

function rowNames(rows: readonly unknown[]): readonly string[] {
  for (const field of namingFields) {
    const names = rows.map((row) => (row as Readonly<Record<string, unknown>> | null)?.[field]);
    const areNames = names.every((name) => typeof name === "string" || typeof name === "number");
    if (areNames && new Set(names).size === rows.length) return names.map(String);
  }
  return rows.map((_, index) => `${index + 1}`);
}

const isExact = (value: object): value is { readonly digits: bigint | string; readonly scale: number } =>
  Object.keys(value).length === 2 && "digits" in value && "scale" in value;

const exactOf = ({ digits, scale }: { readonly digits: bigint | string; readonly scale: number }): Exact => ({
  digits: BigInt(digits),
  scale,
});

function leafText(value: unknown): string {
  if (typeof value === "object" && value !== null && isExact(value)) return text(trim(exactOf(value)));
  return String(value);
}

function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [parseExact(a), parseExact(b)];
  return left.ok && right.ok && compare(left.value, right.value) === 0;
}

/** The text as a value of the same kind as the present one. */
function leafLike(present: unknown, path: string, to: string): Result<unknown, Why> {
  const wrong = (detail: string) =>
    fail(why("terms/not-such-a-value", { path, value: to, now: leafText(present), next: `write ${detail}` }));
  if (typeof present === "boolean") return to === "true" || to === "false" ? ok(to === "true") : wrong("true or false");
  const isText = typeof present === "string";
  if (isText && !parseExact(present).ok) return ok(to);
  const number = parseExact(to);
  if (!number.ok) return wrong("a number in plain digits");
  if (isText) return ok(to);
  if (typeof present === "number") return ok(Number(to));
  if (typeof present !== "bigint") return ok(number.value);
  return number.value.scale === 0 ? ok(number.value.digits) : wrong("a whole number");
}

/** Names that a message lists; more are counted. */
const MOST_NAMES = 12;

function unnamed(path: string, parts: readonly Part[]): Why {
  const names = parts.map(([name]) => escaped(name));
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  const known = names.length === 0 ? "nothing below it" : `${names.slice(0, MOST_NAMES).join(", ")}${more}`;
  return why("terms/no-such-parameter", { path, known, next: "plimsoll venue terms lists the parameters of a venue" });
}

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
const unescaped = (name: string): string => name.replaceAll("~1", "/").replaceAll("~0", "~");
