import type { Batch, NumberedOrder, Order } from "../core/shard/messages.ts";

/** A batch holds no more body bytes than this, unless one body alone does: what waits behind it waits shorter. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** What waits for a thread. Orders of one grouping key leave it in the order in which they came. */
export interface OrderQueue {
  /** `isAlone`: it goes in a batch of its own. */
  add(order: Order, isAlone?: boolean): void;
  /** What goes next, together. */
  takeBatch(): Batch;
  isEmpty(): boolean;
  /** The number of the order that has waited longest among those in no hurry. */
  firstId(): number | undefined;
  clear(): void;
}

export function createOrderQueue(): OrderQueue {
  /** Before all of the rest. */
  let urgent: Order[] = [];
  let rest: NumberedOrder[] = [];
  /** By number. */
  const alone = new Set<number>();

  /**
   * Flink halts a JVM that waits five seconds for its DELETE, so it goes before all that waits for other keys.
   * What waits for its own key goes with it. Their time is that of what they overtake: time never falls.
   */
  function overtake(last: NumberedOrder): void {
    const [first = last] = rest;
    const isOvertaking = (order: NumberedOrder): boolean => order === last || keyOf(order) === keyOf(last);
    const { observedMs, wallMs } = first.command;
    for (const order of [...rest, last].filter(isOvertaking)) {
      urgent.push({ ...order, command: { ...order.command, observedMs, wallMs } } as NumberedOrder);
    }
    rest = rest.filter((order) => !isOvertaking(order));
  }

  return {
    add(order, isAlone = false) {
      if (isAlone && "id" in order) alone.add(order.id);
      // A push that waits for a verdict, and a DELETE behind that, have waited already.
      if (order.kind === "verdict" || order.kind === "elsewhere") urgent.push(order);
      else if (order.command.kind === "delete") overtake(order);
      else rest.push(order);
    },
    takeBatch() {
      // Alone: nobody in a hurry waits for megabytes of others.
      const orders = urgent.length > 0 ? urgent : takeRest();
      urgent = [];
      return { orders };
    },
    isEmpty: () => urgent.length + rest.length === 0,
    firstId: () => rest[0]?.id,
    clear() {
      urgent = [];
      rest = [];
      alone.clear();
    },
  };

  function takeRest(): Order[] {
    let bytes = 0;
    const [first] = rest;
    const isFirstAlone = first !== undefined && alone.delete(first.id);
    const end = rest.findIndex((order, i) => {
      if (i > 0 && (isFirstAlone || alone.has(order.id))) return true;
      if (order.kind === "push") bytes += order.command.body.length;
      return bytes > MAX_BATCH_BYTES && i > 0;
    });
    const orders = end === -1 ? rest : rest.slice(0, end);
    rest = end === -1 ? [] : rest.slice(end);
    return orders;
  }
}

function keyOf({ command }: NumberedOrder): string | undefined {
  return "key" in command ? command.key.canonical : undefined;
}
