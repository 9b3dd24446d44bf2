import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { getRequestListener, RequestError } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Hono } from "hono";
import { readToEnd } from "./receive.ts";
import type { SentViews } from "./send-view.ts";

export type AnswerRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Hands Node's requests to the routes, and sends what they answer. */
export function createAnswerRequest(
  app: Hono,
  sentViews: SentViews,
  isStopping: () => boolean,
): AnswerRequest {
  return getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = nodeEnv(env);
      const response = await app.fetch(request, env);
      // Whatever is wrong with a push: who still writes would not see the answer.
      await readToEnd(incoming);
      if (isStopping() && incoming.httpVersionMajor === 1) outgoing.setHeader("Connection", "close");
      return sentViews.send(outgoing, response) ? RESPONSE_ALREADY_SENT : response;
    },
    {
      overrideGlobalObjects: false,
      // HTTP/1.0 needs no Host, and nothing here asks for it.
      hostname: "localhost",
      errorHandler: malformed,
      // Bodies are read to their end here. The adapter would close connections half a second after an answer where
      // it has not seen that end by then, and under load with the next request on them.
      autoCleanupIncoming: false,
    },
  );
}

/** What @hono/node-server hands on with each request. */
export function nodeEnv(env: unknown): HttpBindings {
  return env as HttpBindings;
}

/** What @hono/node-server can make no `Request` of: a `Host` that is none, a backslash in the path. */
function malformed(error: unknown): Response {
  if (!(error instanceof RequestError)) throw error;
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  return new Response(`the request cannot be read: ${error.message}\n`, { status: 400, headers });
}
