import type { Why } from "@plimsoll/core/units";
import type { Problem } from "@plimsoll/server/contract";
import { sayWhy } from "@plimsoll/server/view";
import type { FastifyInstance, FastifyReply } from "fastify";

/** Every refusal the server can answer with; the code is stable, the detail carries what was refused. */
const problems = {
  "wrong-host": [
    421,
    "Not a name of this server",
    "open it under the address it printed at start, or add the name to server.hosts",
  ],
  "wrong-origin": [403, "A page of another site asked", "use the dashboard that this server serves"],
  "no-token": [401, "No valid token", "open the link printed at start, or send Authorization: Bearer TOKEN"],
  "not-found": [404, "Nothing here", "see /api/v1/openapi.json for what there is"],
  "bad-request": [400, "Cannot read the request", "see /api/v1/openapi.json for its form"],
  "page-not-built": [
    503,
    "The dashboard is not built",
    "run npm start in the repository, or use the API and the command line",
  ],
  "read-only": [501, "This run cannot act", "start plimsoll serve with a config file"],
  internal: [500, "A bug", "restart it, and report the message in the log"],
} as const satisfies Record<string, readonly [status: number, title: string, next: string]>;
export type ProblemCode = keyof typeof problems;

function problemOf(code: ProblemCode, detail: string): Problem {
  const [status, title, next] = problems[code];
  return { type: `urn:plimsoll:problem:${code}`, title, status, detail, code, next };
}

export const sendProblem = (reply: FastifyReply, code: ProblemCode, detail: string): FastifyReply =>
  send(reply, problemOf(code, detail));

const send = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .code(problem.status)
    .header("content-type", "application/problem+json; charset=utf-8")
    .serializer(JSON.stringify)
    .send(problem);

/** What a host refused, by its code; the first that fits decides. */
const refusals: readonly (readonly [code: RegExp, status: number, title: string])[] = [
  [/^(guard\/unknown|account\/unknown|act\/no-such-plan|panic\/none)$/, 404, "No such thing"],
  [/^(usage|guard-|(file|config|book|tape)-)/, 422, "Not a valid one"],
  [/^control\//, 503, "Not ready"],
  [/./, 409, "Refused as things stand"],
];

/** Says why a host refused, with the numbers that decided. */
export function sendWhy(reply: FastifyReply, failure: Why): FastifyReply {
  const { code, facts } = failure;
  const { detail, next = "look at it again" } = sayWhy(failure);
  const [, status = 409, title = ""] = refusals.find(([pattern]) => pattern.test(code)) ?? [];
  return send(reply, { type: `urn:plimsoll:problem:${code}`, title, status, detail, code, next, facts: { ...facts } });
}

/** Whatever fails leaves as problem+json; what a bug says goes to the log, not to the reader. */
export function answerProblems(app: FastifyInstance, report: (error: unknown) => void): void {
  app.setNotFoundHandler((request, reply) => sendProblem(reply, "not-found", `${request.method} ${request.url}`));
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500)
      return sendProblem(reply, "bad-request", error.message);
    report(error);
    return sendProblem(reply, "internal", "the request could not be answered");
  });
}
