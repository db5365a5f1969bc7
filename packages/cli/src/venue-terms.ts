import { type Terms, diffTerms, inForce, parameterSet, parametersOf } from "@plimsoll/core/book";
import { type Ms, type Result, type Why, ok } from "@plimsoll/core/units";
import { openReader, readTermsHistory, termsAsKnown } from "@plimsoll/keeper";
import { countText, momentText } from "@plimsoll/server/display";
import { venues } from "@plimsoll/venues";

export interface TermsOptions {
  readonly dataDir?: string;
  readonly at?: Ms;
  /** True for all parameters, or the path below which they are wanted. */
  readonly parameters?: true | string;
}

/** One document, and when a keeper learnt it; the program's own have always been known. */
interface Known {
  readonly terms: Terms<unknown>;
  readonly learntAt?: Ms;
}

/** The documents of one parameter set in the order in which they apply, each with what it changed. */
export async function termsText(venue: string, options: TermsOptions): Promise<Result<string, Why>> {
  const shipped = (venues.find(({ id }) => id === venue)?.terms ?? []).map((terms): Known => ({ terms }));
  const learnt = options.dataDir === undefined ? ok([]) : await learntFrom(options.dataDir, venue);
  if (!learnt.ok) return learnt;
  const sets = Map.groupBy([...shipped, ...learnt.value], ({ terms }) => parameterSet(terms));
  return ok([...sets].map(([set, documents]) => setText(set, documents.toSorted(inOrder), options)).join("\n\n"));
}

const inOrder = (a: Known, b: Known): number =>
  a.terms.validFrom - b.terms.validFrom || (a.learntAt ?? 0) - (b.learntAt ?? 0);

async function learntFrom(folder: string, venue: string): Promise<Result<readonly Known[], Why>> {
  const reader = openReader(folder);
  if (!reader.ok) return reader;
  try {
    return ok(await readTermsHistory(reader.value, (terms) => terms.venue === venue));
  } finally {
    reader.value.close();
  }
}

function setText(set: string, documents: readonly Known[], { at, parameters }: TermsOptions): string {
  const shown = at === undefined ? documents : documents.filter(({ terms }) => terms === forceAt(documents, at));
  const rows = shown.flatMap((document) => {
    const before = documents[documents.indexOf(document) - 1];
    return [
      headText(document),
      ...(parameters === undefined ? changesText(before, document) : listText(document, parameters)),
    ];
  });
  return [set.replace(/\/$/, ""), ...(rows.length === 0 ? ["  no document was in force then"] : rows)].join("\n");
}

/** What a keeper learnt is in force from when it was learnt; the program's own from its date. */
function forceAt(documents: readonly Known[], at: Ms): Terms<unknown> | undefined {
  const learnt = documents.flatMap(({ terms, learntAt }) => (learntAt === undefined ? [] : [{ terms, learntAt }]));
  return (
    termsAsKnown(learnt, at) ??
    inForce(
      documents.filter(({ learntAt }) => learntAt === undefined).map(({ terms }) => terms),
      at,
    )
  );
}

const dayText = (at: Ms): string => new Date(at).toISOString().slice(0, 10);

function headText({ terms, learntAt }: Known): string {
  const known =
    learntAt === undefined
      ? "comes with the program"
      : `learnt ${momentText({ iso: new Date(learntAt).toISOString() })}`;
  return `  from ${dayText(terms.validFrom)}  ${terms.hash.slice(0, 12)}  ${known}\n    ${terms.source}`;
}

function changesText(before: Known | undefined, { terms }: Known): readonly string[] {
  if (before === undefined) return [`    ${countText(parametersOf(terms.body).size, "parameter")}`];
  const changes = diffTerms(before.terms.body, terms.body);
  if (changes.length === 0) return ["    nothing differs from the one before"];
  return changes.map(({ path, from, to }) => `    ${path} ${from ?? "(none)"} becomes ${to ?? "(none)"}`);
}

function listText({ terms }: Known, below: true | string): readonly string[] {
  const isBelow = (path: string) => below === true || path === below || path.startsWith(`${below}/`);
  const found = [...parametersOf(terms.body)].filter(([path]) => isBelow(path));
  return found.length === 0 ? ["    no such parameter"] : found.map(([path, value]) => `    ${path} = ${value}`);
}
