import type { Packet } from "./packet.ts";

/** One access unit, as its RTP packets had it (RFC 6184), whole. */
export type AccessUnit = {
  readonly timestamp: number;
  readonly key: boolean;
  /** NAL units without SPS, PPS, AUD and filler. */
  readonly units: readonly Buffer[];
  /** The parameter sets that hold for it. */
  readonly sps: Buffer;
  readonly pps: Buffer;
};

/**
 * Takes packets in order and gives access units. After a loss it gives nothing until the next key frame, since what
 * refers to a lost picture could not be decoded.
 */
export type H264Units = {
  /** @param afterLoss whether a packet is missing right before this one. */
  add(packet: Packet, afterLoss: boolean): void;
};

const nalIdr = 5;
const nalSps = 7;
const nalPps = 8;
const nalAud = 9;
const nalFiller = 12;
const stapA = 24;
const fuA = 28;

export function createH264Units(
  unitBytesMax: number,
  take: (unit: AccessUnit) => void,
  lost: () => void,
): H264Units {
  let sps: Buffer | null = null;
  let pps: Buffer | null = null;
  let open: { timestamp: number; units: Buffer[]; bytes: number; broken: boolean } | null = null;
  let pieces: Buffer[] = [];
  let waiting = true;

  function flush(): void {
    const unit = open;
    open = null;
    if (unit === null) return;
    if (pieces.length > 0) unit.broken = true;
    pieces = [];
    if (unit.broken) {
      breakOff();
      return;
    }
    if (unit.units.length === 0) return;
    const key = unit.units.some((nal) => typeOf(nal) === nalIdr);
    if (key) waiting = false;
    if (waiting || sps === null || pps === null) {
      if (key) breakOff();
      return;
    }
    take({ timestamp: unit.timestamp, key, units: unit.units, sps, pps });
  }

  function breakOff(): void {
    if (!waiting) lost();
    waiting = true;
  }

  function addNal(nal: Buffer): void {
    if (open === null || nal.length === 0) return;
    const type = typeOf(nal);
    if (type === nalSps) sps = nal;
    else if (type === nalPps) pps = nal;
    else if (type === nalAud || type === nalFiller) return;
    else if (type === 0 || type > 23 || open.bytes + nal.length > unitBytesMax) open.broken = true;
    else {
      open.units.push(nal);
      open.bytes += nal.length;
    }
  }

  function addAggregate(payload: Buffer): void {
    let at = 1;
    while (at + 2 <= payload.length) {
      const end = at + 2 + payload.readUInt16BE(at);
      if (end > payload.length) break;
      addNal(payload.subarray(at + 2, end));
      at = end;
    }
    if (at !== payload.length && open !== null) open.broken = true;
  }

  function addFragment(payload: Buffer): void {
    if (open === null || payload.length < 3) return;
    const indicator = payload.readUInt8(0);
    const header = payload.readUInt8(1);
    const starts = (header & 0x80) !== 0;
    if (starts === pieces.length > 0) {
      open.broken = true;
      pieces = [];
      return;
    }
    if (starts) pieces.push(Buffer.from([(indicator & 0xe0) | (header & 0x1f)]));
    pieces.push(payload.subarray(2));
    open.bytes += payload.length - 2;
    if (open.bytes > unitBytesMax) open.broken = true;
    if ((header & 0x40) === 0) return;
    const nal = Buffer.concat(pieces);
    pieces = [];
    open.bytes -= nal.length - 1;
    addNal(nal);
  }

  return {
    add({ timestamp, marker, payload }, afterLoss) {
      if (afterLoss) breakOff();
      if (afterLoss && open !== null) open.broken = true;
      if (open !== null && open.timestamp !== timestamp) flush();
      open ??= { timestamp, units: [], bytes: 0, broken: afterLoss && !startsKeyFrame(payload) };
      if (payload.length > 0 && !open.broken) {
        const type = typeOf(payload);
        if (type === stapA) addAggregate(payload);
        else if (type === fuA) addFragment(payload);
        else addNal(payload);
      }
      if (marker) flush();
    },
  };
}

function typeOf(nal: Buffer): number {
  return nal.readUInt8(0) & 0x1f;
}

/** Whether a payload carries the beginning of a key frame or of the parameter sets before it: where a decoder may start. */
export function startsKeyFrame(payload: Buffer): boolean {
  if (payload.length < 2) return false;
  const type = typeOf(payload);
  if (type === stapA) return payload.length > 3 && isStart(payload.readUInt8(3) & 0x1f);
  if (type === fuA) {
    const header = payload.readUInt8(1);
    return (header & 0x80) !== 0 && isStart(header & 0x1f);
  }
  return isStart(type);
}

/** A key frame without parameter sets in front is none to start at: the decoder would not know its size. */
function isStart(type: number): boolean {
  return type === nalSps;
}
