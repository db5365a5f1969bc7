/** Gas that each call of a message usually takes: what it may cost is counted by it, limits are more. */
export const usualGas = { tokens: 100_000n, drip: 100_000n, frob: 150_000n };
