/** Gas that a call usually takes: what it may cost is counted by it, limits are more. Rate models and oracles of public markets do more than the local ones. */
export const usualGas = 200_000n;
