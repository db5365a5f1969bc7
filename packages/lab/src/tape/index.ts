export { type TapeOptions, readTape } from "./read-tape.ts";
export { type SeriesPoint, readSeries } from "./read-series.ts";
export type { Bar, Gap, ImportRecord, Tape } from "./tape.ts";
