import type { FamilyType } from "../exposition/parsed-body.ts";
import { typeConflict } from "../partition/faults.ts";
import type { LayoutFamily } from "../partition/layout.ts";
import type { Question, Verdict } from "../partition/partition.ts";

/** What decides, for all partitions, which type a family has. One TYPE and one HELP stand in each view. */
export interface FamilyRegistry {
  /** Decides about the families of a new layout in a shard; those without a conflict are held for it. */
  /** `known` are conflicts of the push that others have found. */
  decide(
    shard: number,
    question: Omit<Question, "histograms" | "groupingNames">,
    known?: Verdict["conflicts"],
  ): Pick<Verdict, "conflicts">;
  /** The shard no longer uses these. */
  release(shard: number, names: readonly string[]): void;
  /** The shard has lost all it had. */
  releaseAll(shard: number): void;
  /** The shard has loaded these, which were decided about before. */
  adopt(shard: number, families: readonly LayoutFamily[]): void;
  helpOf(name: string): string | undefined;
  /** HELP of all families that somebody pushes. */
  helps(): ReadonlyMap<string, string | undefined>;
  /** Whether somebody pushes a family of that name. */
  isPushed(name: string): boolean;
}

interface Entry {
  readonly type: FamilyType;
  readonly help: string | undefined;
  readonly shards: Set<number>;
}

/** `own` are the families of the relay itself, which nobody else may push under another type. */
export function createFamilyRegistry(own: readonly LayoutFamily[]): FamilyRegistry {
  const ownTypes = new Map(own.map(({ name, type }) => [name, type]));
  const entries = new Map<string, Entry>();

  /** What the names mean to a body, whose own families join them one by one. */
  function createScope(shard: number, replaces: readonly string[]): Scope {
    const freed = new Set(replaces.filter((name) => isOnlyUser(shard, name)));
    const joined = new Map<string, FamilyType>();
    return {
      isFreed: (name) => freed.has(name),
      typeOf: (name) =>
        joined.get(name) ?? (freed.has(name) ? undefined : entries.get(name)?.type) ?? ownTypes.get(name),
      join: ({ name, type }) => joined.set(name, type),
    };
  }

  function isOnlyUser(shard: number, name: string): boolean {
    const shards = entries.get(name)?.shards;
    return shards?.size === 1 && shards.has(shard);
  }

  function conflictOf({ name, type }: LayoutFamily, { typeOf }: Scope): string | undefined {
    const known = typeOf(name);
    if (known !== undefined && known !== type) {
      return ownTypes.has(name)
        ? `gathered metric family ${name} has type ${type.toUpperCase()} but should have ${known.toUpperCase()}: the relay itself exposes it`
        : typeConflict(name, known, type);
    }
    const other = suffixesOf(type)
      .map((suffix) => name + suffix)
      .find((taken) => typeOf(taken) !== undefined);
    const owner = other ?? ownerOf(name, typeOf);
    return owner === undefined
      ? undefined
      : `collected metric named "${name}" collides with previously collected family "${owner}": rename one of them`;
  }

  /** Of several texts of HELP the first stands, until its only user has another. */
  function hold(shard: number, { name, type, help }: LayoutFamily, { isFreed }: Scope): void {
    const entry = entries.get(name);
    if (entry === undefined || isFreed(name)) entries.set(name, { type, help, shards: new Set([shard]) });
    else entry.shards.add(shard);
  }

  return {
    decide(shard, { families, isLenient, replaces }, known = []) {
      const scope = createScope(shard, replaces);
      const conflicts = [...known];
      const agreed: LayoutFamily[] = [];
      for (const family of families) {
        const reason = conflictOf(family, scope);
        if (reason === undefined) {
          agreed.push(family);
          scope.join(family);
        } else {
          conflicts.push({ family: family.name, reason });
        }
      }
      // Others are refused as a whole.
      if (isLenient || conflicts.length === 0) for (const family of agreed) hold(shard, family, scope);
      return { conflicts };
    },
    release(shard, names) {
      for (const name of names) {
        const entry = entries.get(name);
        entry?.shards.delete(shard);
        if (entry?.shards.size === 0) entries.delete(name);
      }
    },
    releaseAll(shard) {
      this.release(shard, [...entries.keys()]);
    },
    adopt(shard, families) {
      for (const family of families) hold(shard, family, createScope(shard, []));
    },
    helpOf: (name) => entries.get(name)?.help,
    helps: () => new Map([...entries].map(([name, { help }]) => [name, help])),
    isPushed: (name) => entries.has(name),
  };
}

interface Scope {
  /** The body replaces it, and nobody else has it. */
  isFreed(this: void, name: string): boolean;
  typeOf(this: void, name: string): FamilyType | undefined;
  join(family: LayoutFamily): void;
}

/** The summary or histogram that has this name for one of its lines. */
function ownerOf(name: string, typeOf: Scope["typeOf"]): string | undefined {
  for (const suffix of ["_count", "_sum", "_bucket"] as const) {
    if (!name.endsWith(suffix)) continue;
    const base = name.slice(0, -suffix.length);
    const type = typeOf(base);
    if (type !== undefined && suffixesOf(type).includes(suffix)) return base;
  }
  return undefined;
}

/** The names that a family's lines have besides its own. */
function suffixesOf(type: FamilyType): readonly ("_count" | "_sum" | "_bucket")[] {
  if (type === "summary") return ["_count", "_sum"];
  return type === "histogram" || type === "gaugehistogram" ? ["_count", "_sum", "_bucket"] : [];
}
