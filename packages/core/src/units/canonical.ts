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
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `"${value}"`;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`invariant broken: ${value} has no canonical text`);
    return JSON.stringify(value);
  }
  if (value instanceof Map) return canonical([...value].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  if (ArrayBuffer.isView(value)) return canonical([...(value as Uint8Array | Float64Array)]);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object") {
    let fields = "";
    for (const key of Object.keys(value).sort()) {
      const field = (value as Readonly<Record<string, unknown>>)[key];
      if (field !== undefined) fields += `${fields === "" ? "" : ","}${JSON.stringify(key)}:${canonical(field)}`;
    }
    return `{${fields}}`;
  }
  throw new Error(`invariant broken: a ${typeof value} has no canonical text`);
}
