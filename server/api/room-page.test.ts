import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import type { Origins } from "../config.ts";
import { aRoom, aStack, expectProblem, type Stack, until } from "./api-stack.fixture.ts";
import { securityHeaders } from "./security-headers.ts";

const viewer = "<!doctype html><title>Viewer</title><!-- oembed -->";
const files = {
  "console/viewer.html": viewer,
  "console/studio.html": "<!doctype html><title>Studio</title>",
  "console/embed.html": "<!doctype html><title>Embed</title>",
  "elements/dist/chorus-chat.js": "export const chat = 1;\n",
  "elements/dist/chorus-large.js": `export const large = "${"chat ".repeat(1_000)}";\n`,
  "elements/dist/chorus-chat.js.map": "{}",
  "elements/dist/chorus-viewer.js": "export const page = 1;\n",
  "elements/dist/chorus-chat.js.LEGAL.txt": "Bundled license information\n",
  "elements/dist/built": "",
  "elements/build.ts": "throw new Error();\n",
};

async function aSite(origins: Origins, use: (stack: Stack) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "chorus-site-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    await using stack = await aStack({ root, config: { origins } });
    await use(stack);
  } finally {
    rmSync(root, { recursive: true });
  }
}

type Headers = Readonly<Record<string, string>>;

/** The text of a page as a client with these headers gets it; `fetch` writes the host itself. */
function pageFor(stack: Stack, headers: Headers): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ port: stack.port, host: "127.0.0.1", path: "/rooms/demo", headers }, async (response) => {
      resolve(Buffer.concat(await response.toArray()).toString("utf8"));
    })
      .on("error", reject)
      .end();
  });
}

function linked(origin: string): string {
  return `${origin}/oembed?format=json&amp;url=${encodeURIComponent(`${origin}/rooms/demo`)}`;
}

async function sets(stack: Stack, settings: RoomSettingsPatch): Promise<void> {
  await stack.does("hal", "host", { act: { do: "settings", settings } });
}

function ancestorsIn({ headers }: Response): string | undefined {
  return /frame-ancestors ([^;]+)/.exec(headers.get("content-security-policy") ?? "")?.[1];
}

test("X1.200 what one script tag loads is for pages of every origin, and kept for five minutes", async () => {
  await aSite("same", async (stack) => {
    const path = "/elements/chorus-chat.js";
    const script = await stack.get(path, { origin: "https://blog.example" });
    assert.equal(script.status, 200);
    assert.deepEqual(
      ["content-type", "cache-control", "access-control-allow-origin", "cross-origin-resource-policy"].map(
        (name) => script.headers.get(name),
      ),
      ["text/javascript; charset=utf-8", "public, max-age=300", "*", "cross-origin"],
    );
    const etag = script.headers.get("etag") ?? "";
    const again = await stack.get(path, { "if-none-match": etag, origin: "https://blog.example" });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get("access-control-allow-origin"), "*");
    assert.equal((await stack.get(`${path}.map`)).headers.get("content-type"), "application/json");
    assert.match((await stack.get(`${path}.LEGAL.txt`)).headers.get("content-type") ?? "", /^text\/plain/);
  });
});

test("X1.201 under /elements/ there is nothing but what was built for browsers", async () => {
  await aSite("same", async (stack) => {
    for (const path of ["built", "build.ts", "dist/chorus-chat.js", "", "..%2fbuild.ts", "none.js"])
      await expectProblem(await stack.get(`/elements/${path}`), 404, "not-found");
    for (const path of ["viewer.html", "embed.html"])
      await expectProblem(await stack.get(`/assets/${path}`), 404, "not-found");
  });
});

test("X1.314 what a room's page consists of is asked for anew with the page, and is of its version", async () => {
  await aSite("same", async (stack) => {
    const script = await stack.get("/assets/built/chorus-viewer.js");
    assert.deepEqual([script.status, script.headers.get("cache-control")], [200, "no-cache"]);
    assert.equal(script.headers.get("cross-origin-resource-policy"), "same-origin");
    await expectProblem(await stack.get("/assets/built/built"), 404, "not-found");
  });
});

test("X1.210 a room's page is at its address, whatever query the link has, and in no frame", async () => {
  await aSite("any", async (stack) => {
    const page = await stack.get("/rooms/demo?utm_source=mail");
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(page.headers.get("cache-control"), "no-cache");
    assert.equal(page.headers.get("content-security-policy"), securityHeaders["content-security-policy"]);
    assert.equal(ancestorsIn(page), "'none'");
    const etag = page.headers.get("etag") ?? "";
    assert.equal((await stack.get("/rooms/demo", { "if-none-match": etag })).status, 304);
    assert.equal((await stack.get("/rooms/other", { "if-none-match": etag })).status, 200);
    await expectProblem(await stack.get("/rooms/No%20Room"), 400, "malformed");
    await expectProblem(await stack.get("/rooms/%22%3E%3Cscript%3E"), 400, "malformed");
  });
});

test("V7.19 the studio is at its room's address, in no frame, and may reach pictures where there are any", async () => {
  await aSite("any", async (stack) => {
    const page = await stack.get("/studio/demo?theme=dark");
    assert.equal(page.status, 200);
    assert.match(await page.text(), /Studio/);
    assert.equal(page.headers.get("content-security-policy"), securityHeaders["content-security-policy"]);
    await expectProblem(await stack.get("/studio/No%20Room"), 400, "malformed");
  });
  await using stack = await aStack({ media: { port: 8_082, url: null } });
  const policy = (await stack.get("/studio/demo")).headers.get("content-security-policy") ?? "";
  assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:8082;/);
  assert.equal(/frame-ancestors ([^;]+)/.exec(policy)?.[1], "'none'");
});

test("X1.211 a room's page says where its frame is described, under the name it was asked for", async () => {
  await aSite("same", async (stack) => {
    const link = async (headers: Headers) => /href="([^"]+)"/.exec(await pageFor(stack, headers))?.[1];
    assert.equal(await link({ host: "chat.example:8080" }), linked("http://chat.example:8080"));
    assert.equal(
      await link({ host: "chat.example", "x-forwarded-proto": "https" }),
      linked("https://chat.example"),
    );
    assert.equal(
      await link({ host: "chat.example", "x-forwarded-proto": 'x"><script>' }),
      linked("http://chat.example"),
    );
    const page = await pageFor(stack, { host: '"><script>alert(1)</script>' });
    assert.equal(page, viewer.replace("<!-- oembed -->", ""));
  });
});

test("X1.220 the chat alone may be framed by the server's own pages and by those that may use it", async () => {
  const cases: [Origins, string][] = [
    ["same", "'self'"],
    [["https://blog.example", "https://shop.example"], "'self' https://blog.example https://shop.example"],
    ["any", "*"],
  ];
  for (const [origins, expected] of cases) {
    await aSite(origins, async (stack) => {
      const page = await stack.get("/embed/demo?theme=dark");
      assert.equal(page.status, 200);
      assert.match(await page.text(), /Embed/);
      assert.equal(ancestorsIn(page), expected);
      assert.equal(page.headers.get("cross-origin-resource-policy"), "cross-origin");
      const policy = page.headers.get("content-security-policy") ?? "";
      const strict = securityHeaders["content-security-policy"] ?? "";
      assert.equal(policy.replace(/frame-ancestors [^;]+/, "frame-ancestors 'none'"), strict);
      await expectProblem(await stack.get("/embed/No%20Room"), 400, "malformed");
    });
  }
});

test("X1.300 a room's own list says who may frame its chat, and takes effect with the next answer", async () => {
  await aSite(["https://shop.example"], async (stack) => {
    const asked = async (etag = "") => {
      const page = await stack.get("/embed/demo", { "if-none-match": etag });
      return { etag: page.headers.get("etag") ?? "", ancestors: ancestorsIn(page), status: page.status };
    };
    await aRoom(stack);
    const first = await asked();
    assert.equal(first.ancestors, "'self' https://shop.example");
    assert.equal((await asked(first.etag)).status, 304);
    await sets(stack, { framedBy: ["https://blog.example", "http://localhost:9000"] });
    const named = await asked(first.etag);
    assert.deepEqual(
      [named.status, named.ancestors],
      [200, "'self' https://blog.example http://localhost:9000"],
    );
    await sets(stack, { framedBy: ["https://blog.example", "*"] });
    assert.equal((await asked()).ancestors, "*");
    await sets(stack, { framedBy: [] });
    assert.deepEqual(await asked(first.etag), { ...first, status: 304 });
    const room = await stack.get("/rooms/demo");
    assert.equal(ancestorsIn(room), "'none'");
  });
});

test("X1.301 of a room that nobody can ask, the server's own list says who may frame it, within a second", async () => {
  await aSite("same", async (stack) => {
    assert.equal(ancestorsIn(await stack.get("/embed/nowhere")), "'self'");
    await aRoom(stack, { framedBy: ["https://blog.example"] });
    stack.keeper.stop();
    const asked = stack.get("/embed/demo");
    await until(() => stack.gateway.calls.size === 1);
    stack.clock.advance(1_000);
    const page = await asked;
    assert.deepEqual([page.status, ancestorsIn(page)], [200, "'self'"]);
  });
});

test("X1.221 the address of a room's page is answered with a frame of the same origin", async () => {
  await aSite("same", async (stack) => {
    const page = `https://${stack.host}/rooms/demo`;
    const asked = (more = "") => stack.get(`/oembed?url=${encodeURIComponent(page)}${more}`);
    const response = await asked("&format=json&referrer=blog");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    const { html, ...described } = (await response.json()) as { html: string };
    assert.deepEqual(described, {
      version: "1.0",
      type: "rich",
      provider_name: "Chorus",
      provider_url: `https://${stack.host}`,
      title: "Chat of demo",
      cache_age: 3_600,
      width: 400,
      height: 600,
    });
    assert.match(
      html,
      new RegExp(`^<iframe src="https://${stack.host}/embed/demo" width="400" height="600"`),
    );
    const small = (await (await asked("&maxwidth=320&maxheight=240")).json()) as Record<string, unknown>;
    assert.deepEqual([small["width"], small["height"]], [320, 240]);
  });
});

test("X1.222 other addresses and other formats are refused", async () => {
  await aSite("same", async (stack) => {
    const ask = (url: string, more = "") => stack.get(`/oembed?url=${encodeURIComponent(url)}${more}`);
    const here = `http://${stack.host}`;
    for (const url of [
      "https://elsewhere.example/rooms/demo",
      `${here}/rooms/No Room`,
      `${here}/rooms/demo/more`,
      `${here}/rooms/"><script>`,
      `${here}/`,
      `ftp://${stack.host}/rooms/demo`,
      "demo",
    ])
      await expectProblem(await ask(url), 404, "not-found");
    await expectProblem(await ask(`${here}/rooms/demo`, "&format=xml"), 501, "not-implemented");
    await expectProblem(await stack.get("/oembed"), 400, "malformed");
    await expectProblem(await ask(`${here}/rooms/demo`, "&maxwidth=wide"), 400, "malformed");
  });
});

test("X1.202 what browsers load is sent with gzip to whoever takes it, under an ETag of its own", async () => {
  await aSite("same", async (stack) => {
    const ask = (accepted: string, more: Headers = {}) =>
      fetch(`${stack.url}/elements/chorus-large.js`, { headers: { "accept-encoding": accepted, ...more } });
    const plain = await ask("identity");
    const packed = await ask("br, gzip;q=0.8");
    assert.deepEqual(
      [plain, packed].map(({ headers }) => [headers.get("content-encoding"), headers.get("vary")]),
      [
        [null, "Origin, Accept-Encoding"],
        ["gzip", "Origin, Accept-Encoding"],
      ],
    );
    assert.equal(await packed.text(), await plain.text());
    assert.notEqual(packed.headers.get("etag"), plain.headers.get("etag"));
    assert.ok(Number(packed.headers.get("content-length")) < 200);
    const etag = packed.headers.get("etag") ?? "";
    assert.equal((await ask("gzip", { "if-none-match": etag })).status, 304);
    for (const refused of ["gzip;q=0", "br", "identity, gzip; q=0.0"])
      assert.equal((await ask(refused)).headers.get("content-encoding"), null);
  });
});

test("V5.6 the public port says where pictures are, and a room's page may reach them", async () => {
  await using stack = await aStack({ media: { port: 8_082, url: null } });
  const where = async () => ((await (await stack.get("/v1/media")).json()) as { url: string | null }).url;
  assert.equal(await where(), "http://127.0.0.1:8082");
  const page = await stack.get("/rooms/demo");
  const policy = page.headers.get("content-security-policy") ?? "";
  assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:8082;/);
  assert.match(policy, /media-src blob: http:\/\/127\.0\.0\.1:8082$/);
  await using behindProxy = await aStack({ media: { port: 8_082, url: "https://live.example/media" } });
  const told = (await (await behindProxy.get("/v1/media")).json()) as { url: string };
  assert.equal(told.url, "https://live.example/media");
  const named = (await behindProxy.get("/rooms/demo")).headers.get("content-security-policy") ?? "";
  assert.match(named, /connect-src 'self' https:\/\/live\.example;/);
  await using alone = await aStack();
  assert.deepEqual(await (await alone.get("/v1/media")).json(), { url: null });
});
