import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { recorded } from "@chorus/protocol/digest.ts";
import { protocolVersion } from "@chorus/protocol/version.ts";
import { currentDigest, generatedFiles, root } from "./generated.ts";

for (const { path, text } of await generatedFiles()) writeFileSync(join(root, path), text);

if (recorded.digest !== currentDigest() && recorded.version === protocolVersion) {
  console.log(
    `The wire of version ${protocolVersion} has changed, and that is now recorded. If a client of before would misread it, ` +
      "raise protocolVersion in protocol/version.ts and run this again.",
  );
}
