import { renderLabels } from "../../src/core/exposition/escape.ts";
import { Role, type ParsedBody } from "../../src/core/exposition/parsed-body.ts";

const SUFFIX: Record<Role, string> = {
  [Role.value]: "",
  [Role.count]: "_count",
  [Role.sum]: "_sum",
  [Role.quantile]: "",
  [Role.bucket]: "_bucket",
};

/** The samples of a body as lines `type name{labels} value`. */
export function bodyLines({ families, familyOf, roles, blocks, values }: ParsedBody): string[] {
  return values.map((value, i) => {
    const { name, type } = families[familyOf[i]!]!;
    return `${type} ${name}${SUFFIX[roles[i]!]}${renderLabels(blocks[i]!.labels)} ${value}`;
  });
}
