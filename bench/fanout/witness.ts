import { inflateRawSync } from "node:zlib";

/** What one of the sockets got: all are served the same, so it is looked at for all. */
export type Witness = {
  readonly frames: number;
  readonly entries: number;
  /** Of the room, up to which it has everything. */
  readonly position: number;
  read(chunk: Buffer): void;
};

const opcodes = { text: 1, binary: 2 };

/** Reads a server's WebSocket frames (RFC 6455 section 5.2), which may come in any pieces, and of them the entries. */
export function createWitness(): Witness {
  let rest: Buffer = Buffer.alloc(0);
  const seen = { frames: 0, entries: 0, position: 0 };

  function next(): boolean {
    const short = rest[1] ?? 0;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < header) return false;
    const length =
      short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (rest.length < header + length) return false;
    const opcode = (rest[0] ?? 0) & 15;
    const payload = rest.subarray(header, header + length);
    if (opcode === opcodes.text) note(payload);
    if (opcode === opcodes.binary) note(inflateRawSync(payload));
    rest = rest.subarray(header + length);
    return true;
  }

  function note(payload: Buffer): void {
    const [, from, to] =
      /^\{"t":"entries","room":"demo","from":(\d+),"to":(\d+)/.exec(payload.toString("latin1", 0, 100)) ?? [];
    if (Number(to) <= seen.position || to === undefined) return;
    seen.frames += 1;
    seen.entries += Number(to) - Number(from) + 1;
    seen.position = Number(to);
  }

  return {
    get frames() {
      return seen.frames;
    },
    get entries() {
      return seen.entries;
    },
    get position() {
      return seen.position;
    },
    read(chunk) {
      rest = Buffer.concat([rest, chunk]);
      while (next());
    },
  };
}
