import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import helmet from "@fastify/helmet";
import files from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "./problem.ts";

/** Where the dashboard lies when it is built: beside the web package. */
export const builtPage = (): string => dirname(fileURLToPath(import.meta.resolve("@plimsoll/web/dist/index.html")));

/** Serves the built dashboard under a policy that runs our own scripts and WebAssembly only; says so when it is not built. */
export async function servePage(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(helmet, {
    hsts: false, // loopback speaks plain HTTP; TLS and its header belong to the proxy in front
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"], // the component library writes its variables as a style element
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
      },
    },
  });
  if (!existsSync(join(folder, "index.html"))) {
    app.get("/", { schema: { hide: true } }, (_request, reply) =>
      sendProblem(reply, "page-not-built", `looked in ${folder}`),
    );
    return;
  }
  await app.register(files, {
    root: folder,
    // names under assets carry a hash of their content
    setHeaders: (reply, path) =>
      void reply.header(
        "cache-control",
        path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-store",
      ),
    cacheControl: false,
  });
}
