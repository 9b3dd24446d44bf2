import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { sizeDelimitedEncode } from "@bufbuild/protobuf/wire";
import { MetricFamilySchema } from "../../src/core/exposition/protobuf/metrics_pb.ts";

export type FamilyInit = MessageInitShape<typeof MetricFamilySchema>;

/** A body of delimited families, as client_golang and others send it. */
export function protobufBody(...families: FamilyInit[]): Uint8Array {
  return Buffer.concat(
    families.map((family) => sizeDelimitedEncode(MetricFamilySchema, create(MetricFamilySchema, family))),
  );
}

export function labels(pairs: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(pairs).map(([name, value]) => ({ name, value }));
}
