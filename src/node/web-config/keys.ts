import { goDurationMs } from "../config/go-duration.ts";
import { listOf } from "../../platform/config-file/list-shape.ts";
import { mapOf } from "../../platform/config-file/map-shape.ts";
import { reportUnexpected, scalar, trueOrFalse } from "../../platform/config-file/scalar-shapes.ts";
import { type Fields, type Section, section } from "../../platform/config-file/section-shape.ts";
import type { Shape } from "../../platform/config-file/shape.ts";
import { CIPHER_SUITES, CURVES, TLS_VERSIONS } from "./go-names.ts";
import { named, optional, secret, text } from "./shapes.ts";
import { CLIENT_AUTHS, type ClientAuth, type TlsVersion } from "./web-config.ts";

export interface TlsKeys {
  readonly cert: string;
  readonly key: string;
  readonly client_ca: string;
  readonly cert_file: string;
  readonly key_file: string;
  readonly client_ca_file: string;
  readonly client_auth_type: ClientAuth;
  readonly client_allowed_sans: readonly string[];
  readonly min_version: TlsVersion;
  readonly max_version: TlsVersion;
  readonly cipher_suites: readonly string[];
  readonly prefer_server_cipher_suites: boolean;
  readonly curve_preferences: readonly string[];
}

export interface HeaderKeys {
  readonly "Content-Security-Policy": string;
  readonly "X-Frame-Options": string;
  readonly "X-Content-Type-Options": string;
  readonly "X-XSS-Protection": string;
  readonly "Strict-Transport-Security": string;
}

interface HttpKeys {
  readonly http2: boolean;
  readonly headers: Section<HeaderKeys>;
}

interface RateLimitKeys {
  readonly interval: number;
  readonly burst: number;
}

export interface WebFileKeys {
  readonly tls_server_config: Section<TlsKeys>;
  readonly http_server_config: Section<HttpKeys>;
  readonly basic_auth_users: ReadonlyMap<string, string>;
  readonly rate_limit: Section<RateLimitKeys>;
}

const BCRYPT = /^\$2[abxy]?\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** What is no hash is most likely the password itself, and stands in no error. */
const bcryptHash: Shape<string> = {
  schema: {},
  read(place, reader) {
    const hash = secret.read(place, reader);
    if (hash !== undefined && BCRYPT.test(hash)) return hash;
    reader.report(
      place.at,
      `${place.name}: expected a bcrypt hash of the password, such as htpasswd -nB ${place.name} makes`,
    );
    return undefined;
  },
};

const clientAuth = named(
  "a policy for client certificates",
  new Map<string, ClientAuth>([
    ...CLIENT_AUTHS.map((name) => [name, name] as const),
    ["RequireClientCert", "RequireAnyClientCert"], // its name in older versions
  ]),
);

const version = named("a TLS version", TLS_VERSIONS);
const suite = named("a cipher suite", CIPHER_SUITES);
const curve = named("a curve", CURVES);

const tlsFields: Fields<TlsKeys> = {
  cert: { about: "The certificate, as PEM.", shape: text },
  key: { about: "Its key, as PEM.", shape: secret },
  client_ca: { about: "Who may have signed client certificates, as PEM.", shape: text },
  cert_file: { about: "The file of the certificate.", shape: text },
  key_file: { about: "The file of its key.", shape: text },
  client_ca_file: { about: "The file of those who may have signed client certificates.", shape: text },
  client_auth_type: { about: "What is asked of clients' certificates.", shape: optional(clientAuth) },
  client_allowed_sans: {
    about: "Names one of which a client's certificate must have.",
    shape: optional(listOf(text, "a list of names such as [flink.example]")),
  },
  min_version: { about: "The oldest TLS version.", shape: optional(version) },
  max_version: { about: "The newest TLS version.", shape: optional(version) },
  cipher_suites: {
    about: "The suites for TLS 1.2 and older, by Go's names.",
    shape: optional(listOf(suite, "a list of cipher suites")),
  },
  prefer_server_cipher_suites: {
    about: "Whether the order of cipher_suites decides, and not the client's.",
    shape: trueOrFalse,
  },
  curve_preferences: {
    about: "The curves, by Go's names.",
    shape: optional(listOf(curve, "a list of curves")),
  },
};

const headerFields: Fields<HeaderKeys> = {
  "Content-Security-Policy": { about: "As it is.", shape: text },
  "X-Frame-Options": { about: "deny or sameorigin.", shape: oneOfTexts("deny", "sameorigin") },
  "X-Content-Type-Options": { about: "nosniff.", shape: oneOfTexts("nosniff") },
  "X-XSS-Protection": { about: "As it is.", shape: text },
  "Strict-Transport-Security": { about: "As it is.", shape: text },
};

const httpFields: Fields<HttpKeys> = {
  http2: { about: "Whether HTTP/2 is spoken too; only with TLS.", shape: trueOrFalse },
  headers: { about: "Headers of every answer.", shape: optional(section(headerFields)) },
};

const rateLimitFields: Fields<RateLimitKeys> = {
  interval: { about: "The time in which one request is allowed.", shape: interval() },
  burst: { about: "How many requests may come at once.", shape: burst() },
};

/** The whole file, as exporter-toolkit's documentation has it. */
export const webFileShape: Shape<Section<WebFileKeys>> = section<WebFileKeys>({
  tls_server_config: { about: "TLS.", shape: optional(section(tlsFields)) },
  http_server_config: { about: "HTTP.", shape: optional(section(httpFields)) },
  basic_auth_users: {
    about: "Users and the bcrypt hashes of their passwords.",
    shape: mapOf("a mapping of users and bcrypt hashes", bcryptHash),
  },
  rate_limit: { about: "How many requests are answered.", shape: optional(section(rateLimitFields)) },
});

/** Empty means that the header is not sent. */
function oneOfTexts(...words: readonly string[]): Shape<string> {
  return {
    schema: {},
    read(place, reader) {
      const found = text.read(place, reader);
      if (found === undefined || found === "" || words.includes(found)) return found;
      reportUnexpected(place, reader, words.join(" or "));
      return undefined;
    },
  };
}

function interval(): Shape<number> {
  return {
    schema: {},
    read(place, reader) {
      const found = text.read(place, reader);
      const ms = goDurationMs.parse(found === "" ? "0" : (found ?? "0"));
      if (ms === undefined) reportUnexpected(place, reader, goDurationMs.expects);
      return ms;
    },
  };
}

function burst(): Shape<number> {
  return scalar({}, "a whole number", (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined,
  );
}
