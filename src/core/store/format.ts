/** The version of images and of log records. A version reads its own and the one before it. */
export const FORMAT = 1;

export function checkFormat(format: unknown): void {
  if (format === FORMAT) return;
  if (typeof format === "number" && format > FORMAT) {
    throw new Error(`written by a newer version of Sluice (format ${format}, this one reads ${FORMAT})`);
  }
  throw new Error("it is not what Sluice writes, or it is damaged");
}
