import { createServer } from "node:http";

/**
 * What `npm run bench` measures against: the least that a Node server can do with a push, which is to read
 * the body and drop it. Prints its port.
 */
const server = createServer({ keepAliveTimeout: 76_000 }, (request, response) => {
  request.on("data", () => {});
  request.on("end", () => response.writeHead(200, { "Content-Length": "0" }).end());
});

server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 0) });
