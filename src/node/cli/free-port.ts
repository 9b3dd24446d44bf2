import { createServer } from "node:net";
import { isSystemError } from "./system-error.ts";

/** The first port from `port` on that nobody listens on, so that a demo runs beside a real relay. */
export async function firstFreePort(host: string, port: number): Promise<number> {
  return (await isFree(host, port)) ? port : firstFreePort(host, port + 1);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => {
      if (isSystemError(error) && error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    probe.listen(port, host, () => {
      probe.close(() => resolve(true));
    });
  });
}
