import { expect, test } from "vitest";
import { parseCaptureLine } from "../../../src/node/replay/capture.ts";

test.each([
  [
    '{"t":5,"method":"PUT","path":"/metrics/job/a","headers":{"content-type":"text/plain"},"body":"a 1\\n"}',
    {
      kind: "request",
      atMs: 5,
      method: "PUT",
      path: "/metrics/job/a",
      contentType: "text/plain",
      body: "a 1\n",
    },
  ],
  [
    '{"t":5,"method":"DELETE","path":"/metrics/job/a","status":400}',
    { kind: "request", atMs: 5, method: "DELETE", path: "/metrics/job/a", contentType: undefined, body: "" },
  ],
  ['{"t":7,"event":"kill -9 tm2"}', { kind: "event", atMs: 7, text: "kill -9 tm2" }],
  ['{"t":9,"truth":{"label":"end"}}', { kind: "truth", atMs: 9 }],
])("%s", (text, line) => expect(parseCaptureLine(text, 1)).toEqual(line));

test.each([
  ["not json", "line 3 is not a JSON object"],
  ["[1]", "line 3 is not a JSON object"],
  ['{"event":"x"}', 'line 3 has no number under "t"'],
  ['{"t":1,"method":"PUT"}', "line 3 is neither a request (method, path, body) nor an event nor a truth"],
  ['{"t":1}', "line 3 is neither a request (method, path, body) nor an event nor a truth"],
])("%s is refused", (text, message) => expect(() => parseCaptureLine(text, 3)).toThrow(message));
