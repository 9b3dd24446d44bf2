import type { Server } from "node:net";

/** Listens on a port of the system's choice, and says which. */
export async function listenAnywhere(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("BUG: no TCP port to listen on");
  return address.port;
}
