/** Behind standard input, output and error. */
const FIRST_DESCRIPTOR = 3;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The sockets that systemd has opened for this process, as sd_listen_fds(3) finds them: `LISTEN_FDS` of them, if
 * `LISTEN_PID` is this process and not one that handed its environment on.
 */
export function systemdSockets(environment: Environment, pid: number): readonly number[] {
  const count = Number(environment["LISTEN_FDS"] ?? 0);
  if (environment["LISTEN_PID"] !== String(pid) || !Number.isSafeInteger(count) || count < 1) return [];
  return Array.from({ length: count }, (_, i) => FIRST_DESCRIPTOR + i);
}
