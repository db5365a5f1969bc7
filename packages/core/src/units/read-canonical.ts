import { exact } from "./exact.ts";

/** Reads canonical text back: an Exact, which stands there as decimal text, gets its integer back wherever one stands. @throws on text that is no JSON. */
export const readCanonical = (text: string): unknown => revived(JSON.parse(text));

/** Changes the fresh value in place. */
function revived(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isWrittenExact(value)) return exact(BigInt(value.digits), value.scale);
  const fields = value as Record<string, unknown>;
  for (const key in fields) fields[key] = revived(fields[key]);
  return fields;
}

const isWrittenExact = (value: object): value is { readonly digits: string; readonly scale: number } =>
  "digits" in value &&
  typeof value.digits === "string" &&
  "scale" in value &&
  typeof value.scale === "number" &&
  Object.keys(value).length === 2;
