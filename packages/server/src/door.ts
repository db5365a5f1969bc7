import { tokenProtocol } from "@plimsoll/server/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { sendProblem } from "./problem.ts";
import { sameToken } from "./token.ts";

export interface Door {
  readonly token: string;
  /** Names under which the server may be called, with port: a Host outside this list is DNS rebinding. */
  readonly hosts: ReadonlySet<string>;
}

/** Checks every request before anything else sees it: Host, Origin where a browser sent one, and for the API the token. */
export function guardDoor(app: FastifyInstance, { token, hosts }: Door): void {
  app.addHook("onRequest", async (request, reply) => {
    const { host = "", origin } = request.headers;
    if (!hosts.has(host.toLowerCase())) return sendProblem(reply, "wrong-host", `Host "${host}"`);
    if (origin !== undefined && !isOwn(origin, hosts)) return sendProblem(reply, "wrong-origin", `Origin "${origin}"`);
    if (!request.url.startsWith("/api/")) return;
    const given = tokenOf(request);
    if (given === undefined || !sameToken(given, token))
      return sendProblem(
        reply,
        "no-token",
        given === undefined ? "the request carries none" : "it is not this server's",
      );
  });
}

function isOwn(origin: string, hosts: ReadonlySet<string>): boolean {
  const [, name] = /^https?:\/\/(.+)$/.exec(origin.toLowerCase()) ?? [];
  return name !== undefined && hosts.has(name);
}

/** From the header, or for a browser's WebSocket, which cannot set one, from the sub-protocols it offers. */
function tokenOf({ headers }: FastifyRequest): string | undefined {
  const [, bearer] = /^Bearer (.+)$/.exec(headers.authorization ?? "") ?? [];
  const prefix = tokenProtocol("");
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return bearer ?? offered.find((name) => name.startsWith(prefix))?.slice(prefix.length);
}
