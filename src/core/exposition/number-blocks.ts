import type { LabelBlock } from "./label-block.ts";
import type { ParsedBody } from "./parsed-body.ts";

/** What a body says of its blocks, from the block of each sample. */
export function numberBlocks(
  blocks: readonly LabelBlock[],
): Pick<ParsedBody, "blocks" | "distinctBlocks" | "blockOf"> {
  const numbers = new Map<LabelBlock, number>();
  const blockOf = new Uint32Array(blocks.length);
  for (const [i, block] of blocks.entries()) {
    let number = numbers.get(block);
    if (number === undefined) numbers.set(block, (number = numbers.size));
    blockOf[i] = number;
  }
  return { blocks, distinctBlocks: [...numbers.keys()], blockOf };
}
