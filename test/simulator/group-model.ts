import type { Operation, Shown } from "./operation.ts";

/** A source that is silent for so long may be taken out; no limit is shorter. */
const SHORTEST_LIMIT_MS = 60_000;
const NOTHING: Shown = new Map();

/** `unknown`: a thread has died, and whether it was stored before nobody knows. */
type Outcome = "applied" | "refused" | "unknown";

/**
 * What a group may look like: after all that was acknowledged, and perhaps some of what nobody has answered yet.
 * Requests of one group are applied in the order in which they came.
 */
export interface GroupModel {
  arrive(operation: Operation, observedMs: number): void;
  settle(operation: Operation, outcome: Outcome): void;
  /** What was not answered never will be. */
  crash(): void;
  /** Throws where the group cannot look so. */
  check(observed: Shown, observedMs: number): void;
}

export function createGroupModel(path: string, isFleet: boolean): GroupModel {
  /** By their text: what it may look like after all that has an answer. */
  let states = new Map([[textOf(NOTHING), NOTHING]]);
  /** From the first on that has no answer. Answers may come in another order. */
  let pending: { readonly operation: Operation; outcome: Outcome | undefined }[] = [];
  let heardMs = 0;

  function possible(): States {
    return pending.reduce(after, states);
  }

  return {
    arrive(operation, observedMs) {
      pending.push({ operation, outcome: undefined });
      heardMs = observedMs;
    },
    settle(operation, outcome) {
      const waiting = pending.find((each) => each.operation === operation);
      if (waiting === undefined) throw new Error(`BUG: ${path} has not sent ${operation.id}`);
      waiting.outcome = outcome;
      const open = pending.findIndex((each) => each.outcome === undefined);
      const answered = pending.splice(0, open === -1 ? pending.length : open);
      states = answered.reduce(after, states);
    },
    crash() {
      states = possible();
      pending = [];
    },
    check(observed, observedMs) {
      const all = [...possible().values()];
      const found = all.find((state) => isShownBy(observed, state));
      const isExpired = isFleet && observed.size === 0 && observedMs >= heardMs + SHORTEST_LIMIT_MS;
      if (found === undefined && !isExpired) {
        const want = all.map((state) => textOf(state) || "nothing").join("\n  or ");
        throw new Error(`${path} shows ${textOf(observed) || "nothing"}\n  not ${want}`);
      }
      // What is committed stays: from here on nothing before it is possible.
      if (pending.length === 0) states = new Map([[textOf(found ?? observed), found ?? observed]]);
    },
  };
}

/**
 * While one group gives a family another type, and others take to it, what is shown may be of both for a moment; the
 * family is untyped then.
 */
function isShownBy(observed: Shown, state: Shown): boolean {
  return (
    observed.size === state.size &&
    [...observed].every(([family, line]) => {
      const want = state.get(family);
      return (
        want === line || (line.startsWith("untyped ") && want?.slice(want.indexOf(" ")) === line.slice(7))
      );
    })
  );
}

type States = Map<string, Shown>;

function after(
  states: States,
  { operation, outcome }: { readonly operation: Operation; readonly outcome: Outcome | undefined },
): States {
  if (outcome === "refused") return states;
  const applied = only(states, operation);
  return outcome === "applied" && !operation.isRepeat ? applied : new Map([...states, ...applied]);
}

function only(states: States, { method, shown }: Operation): States {
  return new Map(
    [...states.values()].map((state) => {
      const next = method === "DELETE" ? NOTHING : method === "PUT" ? shown : new Map([...state, ...shown]);
      return [textOf(next), next];
    }),
  );
}

function textOf(shown: Shown): string {
  return [...shown.values()].toSorted().join(", ");
}
