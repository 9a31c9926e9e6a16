import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { type Config, developmentKey, readConfig } from "./config.ts";
import { clientAddress } from "./identity/client-address.ts";

const dir = mkdtempSync(join(tmpdir(), "chorus-config-"));
after(() => rmSync(dir, { recursive: true }));
const key = "0123456789abcdef0123456789abcdef";
const turnSecret = { CHORUS_TURN_SECRET: "a secret of coturn" };
const withKey = { CHORUS_SIGNING_KEY: key };

function aFile(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

function aPublicPem(): string {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

function configOf(args: string[], env: Record<string, string> = withKey): Config {
  const config = readConfig(args, env);
  assert.ok(!("problems" in config), JSON.stringify(config));
  return config;
}

/** Exactly one sentence. */
function problemOf(args: string[], env: Record<string, string> = withKey): string {
  const config = readConfig(args, env);
  assert.ok("problems" in config, `accepted: ${args.join(" ")}`);
  assert.equal(config.problems.length, 1, config.problems.join("\n"));
  return config.problems[0] ?? "";
}

test("O9.1 with a signing key alone everything else has a default", () => {
  const { tokens, ...rest } = configOf([]);
  assert.deepEqual(rest, {
    host: "0.0.0.0",
    port: 8_080,
    privatePort: 8_081,
    dataDir: resolve("data"),
    single: false,
    dev: false,
    gateways: rest.gateways,
    origins: "same",
    trustedProxies: [],
    connectionsPerIpMax: limits.connectionsPerIpMax,
    roomShare: 0.35,
    egressBytesPerSecond: null,
    segments: false,
    keep: { forMs: null, bytesMax: null },
    media: {
      port: 8_082,
      url: null,
      ffmpeg: null,
      rtmpPort: 1_935,
      srtPorts: { from: 9_000, to: 9_019 },
      udpPorts: { from: 50_000, to: 50_999 },
      publicIps: [],
      turn: null,
      partMs: 200,
      recordMs: null,
      recordBytesMax: null,
    },
    logLevel: "info",
  });
  assert.ok(rest.gateways >= 1);
  assert.deepEqual(tokens.secrets.map(String), [key]);
  assert.deepEqual([tokens.jwksUrl, tokens.issuer, tokens.audience], [null, null, null]);
});

test("O9.2 every flag is an environment variable too, and flags win", () => {
  const env = {
    ...withKey,
    CHORUS_PORT: "9000",
    CHORUS_SINGLE: "true",
    CHORUS_PRIVATE_PORT: "7000",
    CHORUS_DATA: "",
  };
  const fromEnv = configOf(["--data", "/srv/chorus"], env);
  assert.deepEqual(
    [fromEnv.port, fromEnv.single, fromEnv.privatePort, fromEnv.dataDir],
    [9_000, true, 7_000, "/srv/chorus"],
  );
  assert.equal(configOf(["--port=9001"], env).port, 9_001);
  const file = aFile("signing", `${key}-of-the-file\n`);
  const { tokens } = configOf(["--signing-key-file", file, "--issuer", "i"], {
    ...withKey,
    CHORUS_AUDIENCE: "a",
  });
  assert.deepEqual(tokens.secrets.map(String), [`${key}-of-the-file`]);
  assert.deepEqual([tokens.issuer, tokens.audience], ["i", "a"]);
});

test("O9.3 without any key the server does not start, and says how to get one", () => {
  assert.match(problemOf([], {}), /CHORUS_SIGNING_KEY.*--signing-key-file.*--public-key-file.*--jwks.*--dev/);
  assert.equal(
    configOf(["--jwks", "https://id.example/jwks"], {}).tokens.jwksUrl?.href,
    "https://id.example/jwks",
  );
});

test("O9.4 each wrong value is told in one sentence with its flag", () => {
  const wrong: [string[], RegExp][] = [
    [["--port", "abc"], /--port must be a whole number from 0 to 65535, not "abc"/],
    [["--port", "65536"], /--port/],
    [["--port", "-1"], /--port/],
    [["--port", "1e3"], /--port/],
    [["--port"], /--port/],
    [["--prot", "80"], /--prot/],
    [["--port", "65535"], /--private-port/],
    [["--port", "0"], /--single/],
    [["--private-port", "8080"], /--private-port must differ/],
    [["--gateways", "0"], /--gateways/],
    [["--host", "example.org"], /--host/],
    [["--jwks", "http://id.example/jwks"], /--jwks must be an https URL/],
    [["--jwks", "nonsense"], /--jwks/],
    [["--origins", "example.org"], /--origins/],
    [["--origins", "https://a.example/path"], /--origins/],
    [["--origins", "*,https://a.example"], /--origins/],
    [["--trusted-proxies", "10.0.0.0/8,nonsense"], /--trusted-proxies.*"nonsense"/],
    [["--connections-per-ip", "0"], /--connections-per-ip/],
    [["--log-level", "loud"], /--log-level must be one of .*"loud"/],
    [["--signing-key-file", join(dir, "missing")], /missing cannot be read \(ENOENT\)/],
    [["--public-key-file", dir], /cannot be read \(EISDIR\)/],
    [["--dev=yes"], /--dev/],
    [["stop"], /stop/],
  ];
  for (const [args, sentence] of wrong) {
    const problem = problemOf(args, args.includes("--signing-key-file") ? {} : withKey);
    assert.match(problem, sentence);
    assert.match(problem, /\.$/);
    assert.doesNotMatch(problem, /\n/);
  }
  assert.match(problemOf([], { ...withKey, CHORUS_SINGLE: "maybe" }), /CHORUS_SINGLE/);
});

test("O9.5 all that is wrong is told at once", () => {
  const config = readConfig(["--port", "abc", "--log-level", "loud"], {});
  assert.ok("problems" in config);
  assert.equal(config.problems.length, 3);
});

test("O9.6 --dev believes the development key and stays on this machine", () => {
  const config = configOf(["--dev"], {});
  assert.equal(config.host, "127.0.0.1");
  assert.deepEqual(config.tokens.secrets.map(String), [developmentKey]);
  assert.equal(config.connectionsPerIpMax, 100_000);
  assert.deepEqual(configOf(["--dev"]).tokens.secrets.map(String), [key, developmentKey]);
  assert.match(problemOf([], { CHORUS_SIGNING_KEY: developmentKey }), /development key/);
});

test("O9.7 --dev on a network address needs --dev-on-network", () => {
  assert.match(problemOf(["--dev", "--host", "0.0.0.0"]), /--dev-on-network/);
  assert.match(problemOf(["--dev", "--host", "::"]), /--dev-on-network/);
  assert.equal(configOf(["--dev", "--host", "::1"]).host, "::1");
  assert.equal(configOf(["--dev", "--dev-on-network"]).host, "0.0.0.0");
  assert.match(problemOf(["--dev-on-network"]), /--dev/);
});

test("O9.8 a signing key is text of at least 32 bytes and no PEM key", () => {
  assert.match(problemOf([], { CHORUS_SIGNING_KEY: "short" }), /CHORUS_SIGNING_KEY is shorter than 32 bytes/);
  assert.match(
    problemOf(["--signing-key-file", aFile("short", `${"x".repeat(31)}\n`)], {}),
    /shorter than 32/,
  );
  assert.match(
    problemOf(["--signing-key-file", aFile("binary", new Uint8Array(64).fill(0xff))], {}),
    /UTF-8/,
  );
  assert.match(problemOf(["--signing-key-file", aFile("pem", aPublicPem())], {}), /PEM key/);
});

test("O9.9 several signing and public keys may be given", () => {
  const files = [aFile("a.pem", aPublicPem()), aFile("b.pem", aPublicPem())];
  const { tokens } = configOf(["--public-key-file", files[0] ?? "", "--public-key-file", files[1] ?? ""], {});
  assert.deepEqual(
    tokens.keys.map(({ algorithm }) => algorithm),
    ["ES256", "ES256"],
  );
  const env = { CHORUS_SIGNING_KEY_FILE: `${aFile("new", `${key}new`)},${aFile("old", `${key}old`)}` };
  assert.deepEqual(configOf([], env).tokens.secrets.map(String), [`${key}new`, `${key}old`]);
  assert.match(problemOf(["--public-key-file", aFile("nonsense", "nonsense")], {}), /neither a PEM key/);
});

test("O9.10 origins are the server's own unless they are listed, all only by *", () => {
  assert.deepEqual(configOf(["--origins", "https://a.example, http://localhost:3000"]).origins, [
    "https://a.example",
    "http://localhost:3000",
  ]);
  assert.equal(configOf(["--origins", "*"]).origins, "any");
});

test("O9.11 trusted proxies are addresses and ranges", () => {
  const { trustedProxies } = configOf(["--trusted-proxies", "10.0.0.0/8", "--trusted-proxies", "::1"]);
  assert.equal(clientAddress("10.1.1.1", "192.0.2.1", trustedProxies), "192.0.2.1");
  assert.equal(clientAddress("::1", "192.0.2.1", trustedProxies), "192.0.2.1");
});

test("O9.30 what is kept of every room is all, unless days or a size bound it", () => {
  assert.deepEqual(configOf(["--keep-days", "2", "--keep-mb", "3"]).keep, {
    forMs: 2 * 86_400_000,
    bytesMax: 3 * 1024 * 1024,
  });
  assert.deepEqual(configOf([]).keep, { forMs: null, bytesMax: null });
});

test("V5.7 each wrong flag of pictures is told, and without them nothing is made ready", () => {
  for (const [args, sentence] of [
    [["--media-port", "8080"], /--media-port must differ/],
    [["--media-url", "live.example"], /--media-url must be an address/],
    [["--srt-ports", "9000"], /--srt-ports takes two ports/],
    [["--udp-ports", "9-8"], /--udp-ports takes two ports/],
    [["--public-ips", "here"], /--public-ips takes addresses/],
    [["--part-ms", "50"], /--part-ms must be a whole number from 100 to 1000/],
    [["--turn", "turn:turn.example"], /CHORUS_TURN_SECRET/],
  ] as [string[], RegExp][])
    assert.match(problemOf(args), sentence);
  assert.match(
    problemOf(["--turn", "turn.example"], { ...withKey, ...turnSecret }),
    /--turn takes addresses/,
  );
  assert.equal(configOf(["--no-media"]).media, null);
  const { media } = configOf([
    "--rtmp-port",
    "0",
    "--srt-ports",
    "0",
    "--media-url",
    "https://live.example/media/",
  ]);
  assert.deepEqual(
    [media?.rtmpPort, media?.srtPorts, media?.url],
    [null, null, "https://live.example/media"],
  );
  assert.deepEqual(configOf(["--turn", "turn:turn.example"], { ...withKey, ...turnSecret }).media?.turn, {
    urls: ["turn:turn.example"],
    secret: turnSecret.CHORUS_TURN_SECRET,
  });
});
