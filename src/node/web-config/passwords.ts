import { createHash } from "node:crypto";

/** Compares a password with its bcrypt hash, which takes a tenth of a second and more. */
export type VerifyPassword = (password: string, hash: string) => Promise<boolean>;

/** `busy`: too many passwords wait to be looked at. */
export type Verdict = "known" | "unknown" | "busy";

/** Checks an `Authorization` header against the users of the web configuration. Settled at once where nothing is to be computed. */
export type CheckPassword = (
  users: ReadonlyMap<string, string>,
  authorization: string | undefined,
) => Verdict | Promise<Verdict>;

/** More than that is a flood of guesses; whoever has been let in before is not held up by it. */
const MOST_WAITING = 100;

/**
 * A right password is remembered, by its digest, until the user's hash changes: a push each ten seconds must not
 * cost a bcrypt each. A wrong one is not, so guesses push nobody out. A user whom nobody knows is looked at with
 * somebody's hash, and takes the same time.
 */
export function createPasswordCheck(verify: VerifyPassword): CheckPassword {
  const known = new Map<string, string>();
  const waiting = new Map<string, Promise<boolean>>();

  async function look(
    user: string,
    isUser: boolean,
    password: string,
    hash: string,
    digest: string,
  ): Promise<boolean> {
    try {
      const isRight = await verify(password, hash);
      // Only of users: a stranger may have said somebody's password.
      if (isRight && isUser) known.set(user, digest);
      return isRight;
    } finally {
      waiting.delete(digest);
    }
  }

  return (users, authorization) => {
    const given = readBasic(authorization);
    const [anyHash] = users.values();
    if (given === undefined || anyHash === undefined) return "unknown";
    const { user, password } = given;
    const own = users.get(user);
    const hash = own ?? anyHash;
    const digest = createHash("sha256")
      .update(JSON.stringify([user, hash, password]))
      .digest("base64");
    // Of a digest the time that a comparison takes tells nothing.
    if (own !== undefined && known.get(user) === digest) return "known";
    let isRight = waiting.get(digest);
    if (isRight === undefined) {
      if (waiting.size >= MOST_WAITING) return "busy";
      waiting.set(digest, (isRight = look(user, own !== undefined, password, hash, digest)));
    }
    return isRight.then((right) => (right && own !== undefined ? "known" : "unknown"));
  };
}

export function readBasic(
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]*=*)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
