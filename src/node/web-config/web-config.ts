/** What the web configuration file says, with the certificates that it names. */
export interface WebConfig {
  /** Undefined where the relay speaks plain HTTP. */
  readonly tls: TlsConfig | undefined;
  /** Only with TLS. */
  readonly http2: boolean;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bcrypt hash of each user's password. Nobody has to have one where it is empty. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit: RateLimit | undefined;
}

/** Certificates and keys are PEM texts. */
export interface TlsConfig {
  readonly cert: string;
  readonly key: string;
  /** Who may have signed client certificates; undefined means the well-known authorities. */
  readonly clientCa: string | undefined;
  readonly clientAuth: ClientAuth;
  /** Undefined where any name will do. */
  readonly clientAllowedSans: readonly string[] | undefined;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** OpenSSL's names, for TLS 1.2 and older; undefined means the usual ones. */
  readonly ciphers: readonly string[] | undefined;
  readonly preferServerCiphers: boolean;
  /** OpenSSL's names; undefined means the usual ones. */
  readonly curves: readonly string[] | undefined;
}

export const CLIENT_AUTHS = [
  "NoClientCert",
  "RequestClientCert",
  "RequireAnyClientCert",
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
] as const;

/** What is asked of clients' certificates, in Go's words. */
export type ClientAuth = (typeof CLIENT_AUTHS)[number];

export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/** A bucket that holds `burst` requests and gets one back each `intervalMs`. */
export interface RateLimit {
  readonly intervalMs: number;
  readonly burst: number;
}

/** What a relay without a file does. */
export const emptyWebConfig: WebConfig = {
  tls: undefined,
  http2: true,
  headers: {},
  users: new Map(),
  rateLimit: undefined,
};
