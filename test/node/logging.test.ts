import { expect, test } from "vitest";
import { createLogger } from "../../src/node/logging.ts";
import type { LogFormat, LogLevel } from "../../src/node/config/config.ts";

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;

function linesOf(
  level: LogLevel,
  format: LogFormat,
  say: (log: ReturnType<typeof createLogger>) => void,
): string[] {
  const lines: string[] = [];
  say(createLogger({ level, format, write: (line) => lines.push(line.replace(TIME, "TIME")) }));
  return lines;
}

test("a logfmt line has time, level and msg first, then the fields", () => {
  const lines = linesOf("info", "logfmt", (log) =>
    log.info("listening", { address: "127.0.0.1:9091", threads: 3, tls: false }),
  );
  expect(lines).toEqual([
    'time=TIME level=info msg="listening" address=127.0.0.1:9091 threads=3 tls=false\n',
  ]);
});

test.each([
  ["two words", '"two words"'],
  ['a "b"', '"a \\"b\\""'],
  ["a=b", '"a=b"'],
  ["", '""'],
  ["one\nlevel=error forged", '"one\\nlevel=error forged"'],
  ["C:\\x", '"C:\\\\x"'],
  ["Größe", "Größe"],
])("logfmt writes the field %j as %s", (value, written) => {
  const [line] = linesOf("info", "logfmt", (log) => log.info("m", { field: value }));
  expect(line).toBe(`time=TIME level=info msg="m" field=${written}\n`);
});

test("json has the same names", () => {
  const [line = ""] = linesOf("info", "json", (log) => log.warn("100 %s {x}", { job: "a" }));
  expect(JSON.parse(line)).toEqual({
    time: "TIME",
    level: "warn",
    msg: "100 %s {x}",
    job: "a",
  });
});

test.each([
  ["debug", ["debug", "info", "warn", "error"]],
  ["info", ["info", "warn", "error"]],
  ["warn", ["warn", "error"]],
  ["error", ["error"]],
] as const)("the level %s lets through %j", (level, want) => {
  const lines = linesOf(level, "json", (log) => {
    log.debug("m");
    log.info("m");
    log.warn("m");
    log.error("m");
  });
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(want);
});
