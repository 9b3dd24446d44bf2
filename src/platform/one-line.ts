/** As much of a message as one line of a log has room for: what a file says stands in it, of any length. */
const LONGEST = 299;

/** A message that quotes what may hold line feeds, as one line. */
export function oneLine(message: string): string {
  const line = message.replaceAll(/\s*[\r\n]\s*/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
