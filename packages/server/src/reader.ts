import type { Frame } from "@plimsoll/server/contract";

/** What is needed of a WebSocket. */
export interface Socket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
}
type Of<T extends Frame["type"]> = Extract<Frame, { type: T }>;

export interface Reader {
  snapshot(): void;
  delta(frame: Of<"delta">): void;
  heartbeat(frame: Of<"heartbeat">): void;
}

/** One reader: while more than `maxWaiting` bytes wait for it nothing more is sent; then it hears how much it missed and gets a snapshot. */
export function openReader(socket: Socket, maxWaiting: number, snapshotNow: () => Frame): Reader {
  let dropped = 0;
  const send = (frame: Frame) => socket.send(JSON.stringify(frame));
  const behind = () => socket.bufferedAmount > maxWaiting;
  return {
    snapshot: () => send(snapshotNow()),
    delta(frame) {
      if (behind() || dropped > 0) dropped += 1;
      else send(frame);
    },
    heartbeat(frame) {
      if (behind()) return;
      if (dropped === 0) return send(frame);
      send({ ...frame, type: "dropped", frames: dropped });
      dropped = 0;
      send(snapshotNow());
    },
  };
}
