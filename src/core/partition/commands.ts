import type { GroupingKey } from "../grouping-key.ts";
import type { BodyFormat } from "../exposition/parsed-body.ts";
import type { Settings } from "./settings.ts";

/**
 * What can happen to a partition. Time comes with each command: `observedMs` never falls and runs only
 * while the relay is ready to take pushes; `wallMs` is Unix time, for stamps.
 */
export type Command =
  | PushCommand
  | DeleteCommand
  | SignCommand
  | TickCommand
  | InferCommand
  | MarkCommand
  | ForgetCommand
  | EvictCommand
  | RenewCommand
  | WipeCommand
  | RulesCommand;

interface At {
  readonly observedMs: number;
  readonly wallMs: number;
}

export interface PushCommand extends At {
  readonly kind: "push";
  /** PUT replaces the whole group, POST the families that it names. */
  readonly method: "PUT" | "POST";
  readonly key: GroupingKey;
  readonly body: Uint8Array;
  /** What the sender says that the body is; text where it says nothing that is known. */
  readonly format?: BodyFormat | undefined;
}

interface DeleteCommand extends At {
  readonly kind: "delete";
  readonly key: GroupingKey;
}

/** A push of the group was refused for load: its sources live. */
interface SignCommand extends At {
  readonly kind: "sign";
  readonly key: GroupingKey;
}

interface TickCommand extends At {
  readonly kind: "tick";
}

/** The coordinator has seen that these families of a job are counters. */
export interface InferCommand extends At {
  readonly kind: "infer";
  readonly job: string;
  readonly families: readonly string[];
}

/** The family of a job is no counter, though a rule says so; or an operator knows that it is one. */
export interface MarkCommand extends At {
  readonly kind: "mark" | "unmark";
  readonly job: string;
  readonly family: string;
}

/** No partition has had a live contributor of these outputs for a day. */
interface ForgetCommand extends At {
  readonly kind: "forget";
  readonly outputs: readonly string[];
}

/** There are too many sources: those that departed by then are forgotten before their time. */
export interface EvictCommand extends At {
  readonly kind: "evict";
  readonly departedUntilMs: number;
}

/** An operator lets these counters begin anew: the numbers before now were wrong. */
export interface RenewCommand extends At {
  readonly kind: "renew";
  readonly outputs: readonly string[];
}

/** All that was pushed is to be forgotten, and what has been counted with it. */
interface WipeCommand extends At {
  readonly kind: "wipe";
}

/** The configuration file has changed: from now on these hold, for what is shown already too. */
export interface RulesCommand extends At {
  readonly kind: "rules";
  readonly settings: Settings;
}

/** A command that is not a push, before it gets its time. */
export type UntimedCommand = WithoutTime<Exclude<Command, PushCommand>>;

type WithoutTime<C> = C extends Command ? Omit<C, keyof At> : never;

/** Why a push was not taken. `http/errors.ts` gives each its status. */
export type RefusalCode =
  | "bad_exposition"
  | "inconsistent"
  | "too_many_series"
  | "too_many_labels"
  | "too_long"
  | "job_full"
  | "full"
  | "too_many_sources"
  | "deadly"
  | "overloaded"
  | "restarting"
  | "storage"
  | "internal";

export interface Refusal {
  readonly code: RefusalCode;
  /** One line for the log of whoever pushed. */
  readonly message: string;
}
