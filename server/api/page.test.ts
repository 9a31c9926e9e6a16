import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { aStack, expectProblem, type Stack } from "./api-stack.fixture.ts";

const files = {
  "console/page.ts": "document.title = location.href;\n",
  "console/page.css": "body { color: black }\n",
  "console/notes.txt": "not for browsers\n",
  "sdk/client.ts":
    'import type { T } from "@chorus/protocol/t.ts";\nimport { limits } from "@chorus/protocol/limits.ts";\nexport const a: T = limits.a;\n',
  "sdk/driver.ts": 'import { a } from "@chorus/sdk/client.ts";\nconst n: number = a;\n',
  "sdk/client.test.ts": "throw new Error();\n",
  "sdk/client.fixture.ts": "export {};\n",
  "sdk/package.json": "{}\n",
  "protocol/limits.ts": "export const limits = { a: 1 } as const;\n",
  "secret.ts": "export const secret = 1;\n",
};

async function aPage(use: (stack: Stack, root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "chorus-page-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    await using stack = await aStack({ root });
    await use(stack, root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What is answered to exactly this path; `fetch` would tidy it up first. */
function rawStatus(stack: Stack, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port: stack.port, host: "127.0.0.1", path }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on("error", reject)
      .end();
  });
}

test("X2.20 the server's own address leads to the page of a room, with the rest of the query", async () => {
  await aPage(async (stack) => {
    const asked = async (query: string) => {
      const { status, headers } = await fetch(`${stack.url}/${query}`, { redirect: "manual" });
      return [status, headers.get("location")];
    };
    assert.deepEqual(await asked(""), [307, "/rooms/demo"]);
    assert.deepEqual(await asked("?room="), [307, "/rooms/demo"]);
    assert.deepEqual(await asked("?theme=dark&room=finale&from=a%26b&from=c"), [
      307,
      "/rooms/finale?theme=dark&from=a%26b&from=c",
    ]);
    for (const query of ["?room=No%20Room", "?room=../v1", "?room=a&room=b", "?room=%2F%2Fevil.example"])
      await expectProblem(await stack.get(`/${query}`), 400, "malformed");
  });
});

test("X2.21 browsers get the sources without their types, with addresses in place of packages", async () => {
  await aPage(async (stack) => {
    const driver = await stack.get("/assets/sdk/driver.ts");
    assert.equal(driver.headers.get("content-type"), "text/javascript; charset=utf-8");
    const script = await driver.text();
    assert.match(script, /import \{ a \} from "\/assets\/sdk\/client\.ts";/);
    assert.doesNotMatch(script, /: number/);
    const client = await (await stack.get("/assets/sdk/client.ts")).text();
    assert.match(client, /from "\/assets\/protocol\/limits\.ts"/);
    assert.doesNotMatch(client, /t\.ts/);
    assert.equal(
      await (await stack.get("/assets/protocol/limits.ts")).text(),
      "export const limits = { a: 1 }         ;\n",
    );
    assert.equal(
      (await stack.get("/assets/page.css")).headers.get("content-type"),
      "text/css; charset=utf-8",
    );
  });
});

test("X2.22 nothing but those files can be asked for", async () => {
  await aPage(async (stack) => {
    const others = [
      "/assets/page.ts",
      "/assets/sdk/client.test.ts",
      "/assets/notes.txt",
      "/assets/sdk/client.fixture.ts",
      "/assets/sdk/package.json",
      "/assets/../secret.ts",
      "/assets/sdk/../../secret.ts",
      "/assets/%2e%2e/secret.ts",
      "/assets/..%2fsecret.ts",
      "/assets/sdk%2fclient.ts%00",
      "/assets//etc/passwd",
      "/assets/",
      "/assets/__proto__",
    ];
    for (const path of others) assert.equal(await rawStatus(stack, path), 404, path);
    assert.equal(await rawStatus(stack, "/assets/page.css"), 200);
  });
});

test("X2.23 a browser that has a file is told that it is still the same", async () => {
  await aPage(async (stack) => {
    const first = await stack.get("/assets/page.css");
    const etag = first.headers.get("etag") ?? "";
    assert.match(etag, /^"[\w-]{22}"$/);
    assert.equal(first.headers.get("cache-control"), "no-cache");
    const again = await stack.get("/assets/page.css", { "if-none-match": etag });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), "");
    assert.equal((await stack.get("/assets/page.css", { "if-none-match": '"other"' })).status, 200);
  });
});

test("X2.21 every module of the SDK can be loaded from its address", async () => {
  await using stack = await aStack();
  const modules = readdirSync(join(import.meta.dirname, "../../sdk")).filter((name) =>
    /^[\w-]+\.ts$/.test(name),
  );
  assert.ok(modules.length > 0);
  const seen = new Set(modules.map((name) => `/assets/sdk/${name}`));
  for (const address of seen) {
    const response = await stack.get(address);
    assert.equal(response.status, 200, address);
    for (const [, from = ""] of (await response.text()).matchAll(
      /^(?:import|export)\b[^;]*?from "([^"]+)"/gm,
    )) {
      seen.add(new URL(from, `http://a${address}`).pathname);
      assert.match(from, /^(\.|\/assets\/)/, address);
    }
  }
});
