import { stripVTControlCharacters } from "node:util";

/** Breaks each line at blanks so that it fits the columns; what follows a break is indented by `hang`. Without columns nothing is broken. */
export function wrapText(text: string, columns: number | undefined, hang: number): string {
  if (columns === undefined) return text;
  return text
    .split("\n")
    .map((line) => wrapLine(line, Math.max(columns, hang + 20), hang))
    .join("\n");
}

function wrapLine(line: string, columns: number, hang: number): string {
  if (widthOf(line) <= columns) return line;
  const lead = /^ */.exec(line)?.[0] ?? "";
  const [first = "", ...words] = line.slice(lead.length).split(" ");
  const lines = [lead + first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(" ".repeat(hang) + word);
  }
  return lines.join("\n");
}

/** Columns on a terminal: colour codes take none. */
const widthOf = (text: string): number => stripVTControlCharacters(text).length;
