import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/node/config/read-config.ts";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";
import { faultsOf, readManifests } from "./manifests.ts";

const TEXT = readFileSync(join(import.meta.dirname, "../../docs/deploy/kubernetes.yaml"), "utf8");

function faults(text: string): string[] {
  return [...readManifests(text)].flatMap(([kind, manifest]) => faultsOf(kind, manifest));
}

test("Kubernetes takes every manifest, and knows every field of it", () => {
  expect(new Set(readManifests(TEXT).keys())).toEqual(new Set(["ConfigMap", "Service", "StatefulSet"]));
  expect(faults(TEXT)).toEqual([]);
});

test.each([
  ["a wrong type", "replicas: 1", "replicas: one", "integer"],
  ["a wrong value", "type: RuntimeDefault", "type: Default", "seccompProfile"],
  [
    "a field that is missing",
    "              port: http\n            periodSeconds: 2",
    "            periodSeconds: 2",
    '/startupProbe/httpGet {"missingProperty":"port"}',
  ],
  [
    "a field that is misspelt",
    "fsGroup: 1000",
    "fsgroup: 1000",
    "unknown field /spec/template/spec/securityContext/fsgroup",
  ],
  [
    "a field in a wrong place",
    "periodSeconds: 2",
    "port: 2",
    "unknown field /spec/template/spec/containers/0/startupProbe/port",
  ],
  ["another kind", "kind: Service", "kind: Servlet", "no schema for the kind Servlet"],
])("%s would be found", (_what, before, after, fault) => {
  expect(TEXT).toContain(before);
  expect(faults(TEXT.replace(before, after)).join("\n")).toContain(fault);
});

interface StatefulSet {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [
          {
            readonly args: readonly string[];
            readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
          },
        ];
      };
    };
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
  };
}

test("the relay takes the flags and the configuration, and stores on the volume", () => {
  using folder = temporaryFolder();
  const manifests = readManifests(TEXT);
  const { data } = manifests.get("ConfigMap") as { data: Record<string, string> };
  writeFileSync(join(folder.path, "sluice.yaml"), data["sluice.yaml"] ?? "");
  const { spec } = manifests.get("StatefulSet") as StatefulSet;
  const [{ args, volumeMounts }] = spec.template.spec.containers;
  const read = readConfig(args.map((arg) => arg.replace("/etc/sluice", folder.path)));
  if (read.kind !== "config") throw new Error(JSON.stringify(read));
  const [volume] = spec.volumeClaimTemplates;
  const mount = volumeMounts.find(({ name }) => name === volume?.metadata.name);
  expect(read.config.storageFolder.startsWith(`${mount?.mountPath}/`)).toBe(true);
  expect(read.config.listenAddresses).toEqual([{ host: undefined, port: 9091 }]);
  expect(spec.replicas).toBe(1);
});
