import { readFileSync } from "node:fs";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Document, LineCounter, type Node, isMap, isScalar, parseDocument, visit } from "yaml";
import type * as z from "zod";

/** A YAML or JSON file that remembers where each value stands, so that every message can name file, line and column. */
export interface SourceFile {
  readonly name: string;
  /** The file's value; numbers are their source text, so that an amount never passes through a float. */
  readonly value: unknown;
  /** "book.yaml:4:12" of a path, or of its nearest existing parent; a `key` points at the key itself. */
  at(path: readonly PropertyKey[], key?: string): string;
}

/** Reads a file; a missing file or a syntax error is a failure that says where. */
export function readSourceFile(name: string): Result<SourceFile, Why> {
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (error) {
    return fail(
      why("file-unreadable", {
        where: name,
        detail: (error as Error).message,
        next: "check the path and the permissions",
      }),
    );
  }
  return readSource(name, text);
}

/** The same from text that is already here. */
export function readSource(name: string, text: string): Result<SourceFile, Why> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    return fail(
      why("file-malformed", { where: `${name}:${line}:${col}`, detail: problem.message, next: "write YAML or JSON" }),
    );
  }
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === "number" || typeof node.value === "bigint")
        node.value = node.source ?? String(node.value);
    },
  });
  const at = (path: readonly PropertyKey[], key?: string) => {
    const node = nearest(document, path, key);
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return `${name}:${line}:${col}`;
  };
  return ok({ name, value: document.toJS() as unknown, at });
}

function nearest(document: Document, path: readonly PropertyKey[], key?: string): Node | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (node === undefined || node === null) continue;
    return (key !== undefined && length === path.length ? keyNode(node, key) : undefined) ?? (node as Node);
  }
  return (key === undefined ? undefined : keyNode(document.contents, key)) ?? document.contents;
}

function keyNode(node: unknown, key: string): Node | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return isScalar(pair?.key) ? pair.key : undefined;
}

/** Path as people write it: accounts[0].size. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");

/** Checks a part of the file against a schema; the failure lists every problem, each with its place. */
export function checkSource<S extends z.ZodType>(
  file: SourceFile,
  schema: S,
  value: unknown,
  prefix: readonly PropertyKey[] = [],
): Result<z.output<S>, Why> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues.map((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      const [key = ""] = issue.keys;
      return `${file.at(path, key)} ${pathText([...path, key])}: unknown key; remove it or correct its spelling`;
    }
    return `${file.at(path)} ${pathText(path)}: ${issue.message}${shown(value, issue.path)}`;
  });
  return fail(
    why("file-invalid", {
      where: problems[0]?.split(" ")[0] ?? file.name,
      detail: problems.join("\n"),
      next: "correct the lines named",
    }),
  );
}

/** The refused value, where it is short enough to help and the message does not already show it. */
function shown(value: unknown, path: readonly PropertyKey[]): string {
  let at: unknown = value;
  for (const part of path)
    at = typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined;
  if (at === undefined) return " (it is missing)";
  return typeof at === "object" ? "" : ` (found ${JSON.stringify(at)})`;
}
