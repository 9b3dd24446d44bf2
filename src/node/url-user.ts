/** A URL as `fetch` takes it, with no user in it, and the headers that say who it was. */
export function splitUser(url: URL): {
  readonly bare: URL;
  readonly headers: Readonly<Record<string, string>>;
} {
  const { username, password } = url;
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  if (username === "" && password === "") return { bare, headers: {} };
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { bare, headers: { Authorization: `Basic ${Buffer.from(user).toString("base64")}` } };
}
