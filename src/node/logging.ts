import { type DestinationStream, destination, pino } from "pino";
import type { LogFormat, LogLevel } from "./config/config.ts";

export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerSettings {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes one line with its line feed. Standard error unless given. */
  readonly write?: (line: string) => void;
}

export function createLogger({ level, format, write }: LoggerSettings): Logger {
  const lines = write === undefined ? standardError() : { write };
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    format === "json" ? lines : asLogfmt(lines),
  );
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  };
}

/** Synchronous: the line that says why a process ends must not be lost with it. */
function standardError(): DestinationStream {
  return destination({ dest: 2, sync: true });
}

/** pino writes JSON only; reading that back costs microseconds, on some lines a minute. */
function asLogfmt(lines: DestinationStream): DestinationStream {
  return {
    write(json) {
      const { time, level, msg, ...fields }: Record<string, unknown> = JSON.parse(json);
      const tail = Object.entries(fields).map(([name, value]) => ` ${name}=${logfmtValue(String(value))}`);
      lines.write(`time=${String(time)} level=${String(level)} msg=${JSON.stringify(msg)}${tail.join("")}\n`);
    },
  };
}

/** Quoted wherever a reader could take it for more than one value, or a line for more than one line. */
function logfmtValue(value: string): string {
  return /^[^\s"=\\\p{C}]+$/u.test(value) ? value : JSON.stringify(value);
}
