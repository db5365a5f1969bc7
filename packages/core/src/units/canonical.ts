/** What canonical text can carry: JSON plus bigint (written as decimal text). */
export type Plain =
  | null
  | boolean
  | number
  | string
  | bigint
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

/**
 * One text for one value: keys sorted, no blanks, bigint as decimal text, maps as sorted pairs; equal values give equal bytes.
 * @throws on values that have no such text (functions, NaN, infinities): a caller's bug.
 */
export function canonical(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return `"${value}"`;
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`invariant broken: ${value} has no canonical text`);
    return JSON.stringify(value);
  }
  if (typeof value === "object") return ofObject(value);
  throw new Error(`invariant broken: a ${typeof value} has no canonical text`);
}

function ofObject(value: object): string {
  if (Array.isArray(value)) return ofList(value);
  if (value instanceof Map) return ofList([...value].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  if (ArrayBuffer.isView(value)) return ofList([...(value as Uint8Array | Float64Array)]);
  let fields = "";
  for (const key of inOrder(Object.keys(value))) {
    const field = (value as Readonly<Record<string, unknown>>)[key];
    if (field !== undefined) fields += `${fields === "" ? "" : ","}${quoted(key)}:${canonical(field)}`;
  }
  return `{${fields}}`;
}

/** Most objects are read from text that has the order already. */
const inOrder = (keys: string[]): readonly string[] =>
  keys.every((key, at) => at === 0 || keys[at - 1]! < key) ? keys : keys.sort();

function ofList(values: readonly unknown[]): string {
  let items = "";
  for (const value of values) items += items === "" ? canonical(value) : `,${canonical(value)}`;
  return `[${items}]`;
}

const isPlain = /^[\w .:/-]*$/;
const quoted = (text: string): string => (isPlain.test(text) ? `"${text}"` : JSON.stringify(text));
