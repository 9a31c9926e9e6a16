import { ClaimsSchema } from "@chorus/protocol/claims.ts";
import { defaultRoomSettings } from "@chorus/protocol/default-room-settings.ts";
import { EntrySchema } from "@chorus/protocol/entries.ts";
import { expectation, type SchemaNode } from "@chorus/protocol/explain.ts";
import { frameSchemas } from "@chorus/protocol/frames.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { polledSchemas } from "@chorus/protocol/polled.ts";
import { requestSchemas } from "@chorus/protocol/requests.ts";
import { protocolVersion } from "@chorus/protocol/version.ts";
import type { Examples } from "./examples.ts";
import { fieldTable } from "./field-table.ts";
import { code, json, page, table } from "./markdown.ts";
import { commonValues, nodeOf, roomSettings } from "./named-schemas.ts";
import { closeTables, grantTable, limitTable, refusalTable } from "./protocol-tables.ts";

/** The reference of the protocol, from its schemas and its examples. */
export function protocolPage(examples: Examples): string {
  return page(
    `# The protocol, version ${protocolVersion}`,
    "Written by `npm run docs` from `protocol/`; a change here would be lost.",
    basics,
    "## A conversation",
    ...examples.conversation.flatMap(({ from, frame }) => [
      `The ${from} sends ${code(frame.t)}:`,
      json(frame),
    ]),
    withoutWebSocket,
    "## Requests",
    "What a client sends. A field that is not in the table is refused.",
    ...Object.entries(requestSchemas).map(([kind, schema]) => section(kind, kind, nodeOf(schema), examples)),
    "## Frames",
    "What a server sends. A client ignores frames and fields that it does not know: they may come without a new version.",
    ...Object.entries(frameSchemas).map(([kind, schema]) => section(kind, kind, nodeOf(schema), examples)),
    "## Segments over HTTP",
    "What a client polls instead of holding a socket: see [segments.md](segments.md).",
    ...Object.entries(polledSchemas).map(([kind, schema]) => section(kind, kind, nodeOf(schema), examples)),
    "## Kinds of entries",
    "What a room consists of: the `e` of view, entries, safety and person.",
    ...EntrySchema.anyOf.map((schema) => {
      const kind = schema.properties.k.const;
      return section(`Entry ${code(kind)}`, `entry.${kind}`, nodeOf(schema), examples);
    }),
    "## Common values",
    table(["Name", "Must be", "What it is"], commonValues.map(commonRow)),
    "### Room settings",
    fieldTable(roomSettings.node),
    pastSettings,
    "## Tokens",
    section("Claims", "claims", nodeOf(ClaimsSchema), examples),
    "### Roles",
    grantTable(),
    "## Refusals",
    "A command that is not done is answered with `refused`. Where the same may be sent again later, the client keeps it and does so under the same key.",
    refusalTable(),
    "## Close codes",
    "What a client does follows from the range alone, so that it understands codes that are not invented yet. Any other code means `back-off`.",
    closeTables(),
    "## Limits",
    "Everything that can grow has a bound. These are the defaults of `protocol/limits.ts`; reaching one is counted under its name, or as the gap or close code that it leads to.",
    limitTable(),
  );
}

const basics = `A client opens a WebSocket at \`/v1/connect\` and sends \`hello\`. Either side sends text frames of one JSON object each,
told apart by \`t\`; a client's may have ${limits.frameBytesMax} bytes. A server speaks this version and the one before. Of a field
that comes twice the last one counts; a frame that cannot be understood is answered with \`refused\`, reason \`malformed\`,
and a sentence that says why. To a client that has offered \`deflate\` in \`accept\`, and was told so by \`welcome\`, the server may send
a frame as a binary one: the same text, deflated as a whole (RFC 1951, raw; in browsers \`DecompressionStream("deflate-raw")\`). It keeps
its place among the text frames.

An audience of a room sees its entries in one order, at positions that begin with 1 and have no holes. \`entries\` says
which positions it covers; the client keeps the last one it has, and gives it with \`join\` after a pause to get the rest.
Commands carry a key \`session:counter\`. The same key is the same command, however often it is sent, and is answered the
same: so what was not answered is simply sent again.

[protocol.schema.json](protocol.schema.json) has the same as JSON Schema, and \`protocol/examples/\` frames that are valid
and frames that are not, each of these with the sentence that answers it.`;

const withoutWebSocket = `## Without a WebSocket

The same frames go over HTTP. \`GET /v1/stream?room=demo\` answers with server-sent events (WHATWG HTML, section 9.2), each frame the
data of one, for whoever may read as a guest:

\`\`\`sh
curl -N 'http://127.0.0.1:7000/v1/stream?room=demo'
\`\`\`

The \`id\` of an event is the position, so that an \`EventSource\` that comes back goes on where it was (\`Last-Event-ID\`). A room where
guests may not read wants a \`ticket\`, which \`POST /v1/rooms/:room/ticket\` gives to whoever has a token: it reads that room alone
and begins a stream for ${limits.ticketMs / 1_000} s. A JSON Web Token never stands in an address.

\`POST /v1/stream\` takes a JSON array: a \`hello\` and at most ${limits.roomsPerConnectionMax} \`join\`. A stream takes nothing more, so its client
does not report what it has \`seen\`; it ends by itself after ${limits.streamBytesMax / 1_024} KB, or a time of up to ${limits.streamMs / 60_000} minutes, and the client
comes again at once with its positions and its newest resume token. The event \`close\`, the last one, has the close code. What was
refused before the welcome is an HTTP problem with the code in \`close\`, and with \`Retry-After\` where it may succeed later.

With \`?wait=${limits.pollMs / 1_000}\` either is a long poll: it answers as a whole with the first news, or after so many seconds.

\`POST /v1/commands\` takes an array of at most ${limits.commandsPerPostMax} of \`say\`, \`edit\`, \`retract\`, \`moderate\` and \`react\`, at any gateway, with a
token, a guest's token or a resume token in \`Authorization\`. It answers with an array of \`ack\`, \`held\` and \`refused\`. What was not
answered is sent again under its key.

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' http://127.0.0.1:7000/v1/commands \\
  -d '[{"t":"say","room":"demo","key":"my-session:0","text":"Hello"}]'
\`\`\``;

const pastSettings = `Entries keep settings as they were written. In one that an earlier Chorus wrote, \`removed\` and what stands
below it may be missing, and is then as in a new room: ${laterDefaults()}.`;

function laterDefaults(): string {
  const { removed, timeouts, emotes, framedBy } = defaultRoomSettings;
  return code(JSON.stringify({ removed, timeouts, emotes, framedBy }));
}

function section(title: string, kind: string, node: SchemaNode, { valid }: Examples): string {
  const shown = valid.filter((one) => one.kind === kind).map(({ value }) => json(value));
  return page(`### ${title}`, node.description ?? "", fieldTable(node), ...shown).trimEnd();
}

function commonRow({ name, node }: (typeof commonValues)[number]): readonly string[] {
  return [name, expectation(node), node.description ?? ""];
}
