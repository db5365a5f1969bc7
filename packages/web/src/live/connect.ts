import type { Frame } from "@plimsoll/server/contract";
import { type LiveState, applyFrame, atStart } from "./state.ts";

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000] as const;

export interface Live {
  readonly read: () => LiveState;
  /** Calls back after each change; returns how to stop listening. */
  readonly listen: (callback: () => void) => () => void;
}

/** Keeps one stream open: resumes where it left off, starts over when it cannot, and stops when the token is refused. */
export function connectLive(token: string): Live {
  let state = atStart(Date.now());
  let tries = 0;
  const listeners = new Set<() => void>();
  const put = (next: LiveState) => {
    state = next;
    for (const listener of listeners) listener();
  };

  function open(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const resume = state.session === undefined ? "" : `?session=${state.session}&after=${state.seq}`;
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/stream${resume}`, [
      "plimsoll.v1",
      `token.${token}`,
    ]);
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      tries = 0;
      const next = applyFrame(state, JSON.parse(data) as Frame, Date.now());
      if (next !== undefined) return put(next);
      const { session: _lost, ...rest } = state; // a gap: ask for everything again
      state = rest;
      socket.close();
    });
    socket.addEventListener("close", () => {
      if (state.link !== "refused") put({ ...state, link: "closed" });
      void retry();
    });
  }

  /** A browser does not say why a WebSocket was refused; a plain request does. */
  async function retry(): Promise<void> {
    const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
    tries += 1;
    const asked = await fetch("/api/v1/evidence", { headers: { authorization: `Bearer ${token}` } }).catch(
      () => undefined,
    );
    if (asked?.status === 401) return put({ ...state, link: "refused" });
    setTimeout(open, wait);
  }

  open();
  return {
    read: () => state,
    listen(callback) {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
  };
}
