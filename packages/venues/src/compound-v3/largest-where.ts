/** Largest whole number from 0 to `high` at which something holds that holds at 0 and, once lost, stays lost. */
export function largestWhere(high: bigint, holds: (at: bigint) => boolean): bigint {
  if (holds(high)) return high;
  let [low, lost] = [0n, high];
  while (lost - low > 1n) {
    const middle = (low + lost) / 2n;
    if (holds(middle)) low = middle;
    else lost = middle;
  }
  return low;
}

/** Where on 0 to `high` a function that only rises, then only falls, is largest. */
export function highestPoint(high: bigint, value: (at: bigint) => bigint): bigint {
  let [low, top] = [0n, high];
  while (low < top) {
    const middle = (low + top) / 2n;
    if (value(middle) < value(middle + 1n)) low = middle + 1n;
    else top = middle;
  }
  return low;
}
