import type { ValueKind } from "../../platform/config/option.ts";

export interface ListenAddress {
  /** Undefined means every interface. An IPv6 address stands here without its brackets. */
  readonly host: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
}

const BRACKETED = /^\[([\da-fA-F:.]+)\]:(\d+)$/;
const PLAIN = /^((?:vsock:\/\/)?[^:[\]/\s]*):(\d+)$/;
const MAX_PORT = 65_535;

/** `:9091`, `host:9091` or `[::1]:9091`; an option of this kind may be given more than once. */
export const listenAddresses: ValueKind<readonly ListenAddress[]> = {
  placeholder: "<address>",
  expects: "an address such as :9091, 127.0.0.1:9091 or [::1]:9091",
  parse(text) {
    const match = BRACKETED.exec(text) ?? PLAIN.exec(text);
    if (match === null) return undefined;
    const [, host = "", port] = match;
    if (Number(port) > MAX_PORT) return undefined;
    return [{ host: host === "" ? undefined : host, port: Number(port) }];
  },
  render: (addresses) => addresses.map(renderListenAddress).join(", "),
  append: (earlier, later) => [...earlier, ...later],
};

/** Sockets between a virtual machine and its host are a family of their own, which Node does not know. */
export function refuseVsock(addresses: readonly ListenAddress[]): string | undefined {
  return addresses.some(({ host }) => host?.startsWith("vsock://") === true)
    ? "Node cannot listen on vsock; listen on a TCP address such as 127.0.0.1:9091 and let socat carry vsock to it"
    : undefined;
}

function renderListenAddress({ host = "", port }: ListenAddress): string {
  const isIPv6 = host.includes(":") && !host.startsWith("vsock:");
  return isIPv6 ? `[${host}]:${port}` : `${host}:${port}`;
}
