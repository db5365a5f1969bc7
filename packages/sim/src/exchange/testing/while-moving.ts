/** Waits for a stream while the world keeps moving: sockets connect in their own time. */
export function whileMoving<T>(watched: Promise<T>, move: () => void): Promise<T> {
  const timer = setInterval(move, 50);
  return watched.finally(() => clearInterval(timer));
}
