import type { ServerResponse } from "node:http";

/** A socket of HTTP/1, or a session of HTTP/2. */
interface Connection {
  destroy(): void;
  once(event: "close", listener: () => void): unknown;
}

/** All connections of the relay. Who opens many and asks nothing shuts nobody out. */
export interface Connections {
  /** Takes a new one; where there are too many, that on which nothing has been asked for longest is closed. */
  add(connection: Connection): void;
  /** A request has come on it, and will be answered by that. */
  note(connection: Connection, answer: ServerResponse): void;
  /** Whether an answer is being sent on it. */
  isAnswering(connection: Connection): boolean;
}

export function createConnections(most: number, onEvicted: () => void): Connections {
  const answers = new Map<Connection, Set<ServerResponse>>();
  /** That which has been idle for longest stands first. */
  const idle = new Set<Connection>();

  return {
    add(connection) {
      answers.set(connection, new Set());
      idle.add(connection);
      connection.once("close", () => {
        answers.delete(connection);
        idle.delete(connection);
      });
      if (answers.size <= most) return;
      // The new one at least is idle.
      const [longest] = idle;
      onEvicted();
      longest?.destroy();
    },
    note(connection, answer) {
      const underWay = answers.get(connection);
      if (underWay === undefined) return;
      underWay.add(answer);
      idle.delete(connection);
      answer.once("close", () => {
        underWay.delete(answer);
        if (underWay.size === 0 && answers.has(connection)) idle.add(connection);
      });
    },
    isAnswering: (connection) => [...(answers.get(connection) ?? [])].some(({ headersSent }) => headersSent),
  };
}
