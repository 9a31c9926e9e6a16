import { attributesIn, numberIn, type Playlist, readPlaylist, type Tag } from "./read-playlist.fixture.ts";

/**
 * What a media playlist does against draft-pantos-hls-rfc8216bis, each violation with the section that forbids it. Only of tags
 * that we write: what stands in no rule here is a violation too, so that a new tag comes with its rules.
 */
export function checkPlaylist(text: string): readonly string[] {
  const playlist = readPlaylist(text);
  return rules.flatMap((rule) => rule(playlist, text));
}

type Rule = (playlist: Playlist, text: string) => readonly string[];

/** Rounding to three digits of each of many parts. */
const tolerance = 0.002;
const toleranceOfMany = 0.06;
const partLeast = 0.85;

const once: Readonly<Record<string, RegExp>> = {
  EXTM3U: /^$/,
  "EXT-X-VERSION": /^\d+$/,
  "EXT-X-TARGETDURATION": /^\d+$/,
  "EXT-X-MEDIA-SEQUENCE": /^\d+$/,
  "EXT-X-DISCONTINUITY-SEQUENCE": /^\d+$/,
  "EXT-X-PLAYLIST-TYPE": /^(EVENT|VOD)$/,
  "EXT-X-ENDLIST": /^$/,
  "EXT-X-SERVER-CONTROL": /./,
  "EXT-X-PART-INF": /./,
  "EXT-X-SKIP": /./,
};
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;
const often: Readonly<Record<string, RegExp>> = {
  EXTINF: /^\d+(\.\d+)?,/,
  "EXT-X-DISCONTINUITY": /^$/,
  "EXT-X-MAP": /./,
  "EXT-X-PROGRAM-DATE-TIME": dateTime,
  "EXT-X-PART": /./,
  "EXT-X-PRELOAD-HINT": /./,
  "EXT-X-RENDITION-REPORT": /./,
};

/** Which attributes a tag must have, and which it may. */
const attributes: Readonly<Record<string, { must: readonly string[]; may: readonly string[] }>> = {
  "EXT-X-MAP": { must: ["URI"], may: ["BYTERANGE"] },
  "EXT-X-PART-INF": { must: ["PART-TARGET"], may: [] },
  "EXT-X-PART": { must: ["URI", "DURATION"], may: ["INDEPENDENT", "BYTERANGE", "GAP"] },
  "EXT-X-PRELOAD-HINT": { must: ["TYPE", "URI"], may: ["BYTERANGE-START", "BYTERANGE-LENGTH"] },
  "EXT-X-RENDITION-REPORT": { must: ["URI"], may: ["LAST-MSN", "LAST-PART"] },
  "EXT-X-SKIP": { must: ["SKIPPED-SEGMENTS"], may: ["RECENTLY-REMOVED-DATERANGES"] },
  "EXT-X-SERVER-CONTROL": {
    must: [],
    may: ["CAN-SKIP-UNTIL", "CAN-SKIP-DATERANGES", "HOLD-BACK", "PART-HOLD-BACK", "CAN-BLOCK-RELOAD"],
  },
};
const numeric =
  /^(PART-TARGET|DURATION|HOLD-BACK|PART-HOLD-BACK|CAN-SKIP-UNTIL|LAST-MSN|LAST-PART|SKIPPED-SEGMENTS)$/;

const rules: readonly Rule[] = [
  text,
  tagForms,
  attributeForms,
  order,
  versions,
  targetDuration,
  segments,
  partTags,
  partHeads,
  partLengths,
  partsNearTheEnd,
  serverControl,
  skipping,
  hints,
  reports,
  endings,
];

function text(_: Playlist, written: string): readonly string[] {
  return when([
    [!written.startsWith("#EXTM3U\n"), "4.4.1.1 EXTM3U is not the first line"],
    [written.includes("\uFEFF"), "4.1 there is a byte order mark"],
    [[...written].some(isControl), "4.1 there is a control character"],
    [!written.endsWith("\n"), "4.1 the last line does not end"],
  ]);
}

function isControl(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0;
  return (code < 0x20 && letter !== "\n" && letter !== "\r") || (code >= 0x7f && code <= 0x9f);
}

function tagForms({ tags }: Playlist): readonly string[] {
  return tags.flatMap(({ name, value, line }, index) => {
    const form = once[name] ?? often[name];
    if (form === undefined) return [`4.1 line ${line} has a tag that has no rule here: ${name}`];
    const isSecond = name in once && tags.findIndex((tag) => tag.name === name) < index;
    return when([
      [!form.test(value), `4.4 line ${line} is not of the form of ${name}`],
      [isSecond, `4.4 line ${line} has ${name} again`],
    ]);
  });
}

function attributeForms({ tags }: Playlist): readonly string[] {
  return tags.flatMap(({ name, value, line }) => {
    const known = attributes[name];
    if (known === undefined) return [];
    const given = attributesIn(value);
    if (given === null) return [`4.2 line ${line} is no list of attributes`];
    const names = [...given.keys()];
    return [
      ...known.must.filter((one) => !given.has(one)).map((one) => `4.4 line ${line} lacks ${one}`),
      ...names
        .filter((one) => !known.must.includes(one) && !known.may.includes(one))
        .map((one) => `4.2 line ${line} has ${one}, which ${name} does not`),
      ...names
        .filter((one) => numeric.test(one) && !/^\d+(\.\d+)?$/.test(given.get(one) ?? ""))
        .map((one) => `4.2 line ${line} has ${one}, which is no number`),
    ];
  });
}

function order({ tags }: Playlist): readonly string[] {
  const firstOf = (names: readonly string[]) => tags.findIndex(({ name }) => names.includes(name));
  const first = firstOf(["EXTINF", "EXT-X-PART", "EXT-X-SKIP"]);
  const late = (name: string) => first !== -1 && firstOf([name]) > first;
  const discontinuity = firstOf(["EXT-X-DISCONTINUITY"]);
  const sequence = firstOf(["EXT-X-DISCONTINUITY-SEQUENCE"]);
  return when([
    [late("EXT-X-MEDIA-SEQUENCE"), "4.4.3.2 EXT-X-MEDIA-SEQUENCE is behind a segment"],
    [late("EXT-X-DISCONTINUITY-SEQUENCE"), "4.4.3.3 EXT-X-DISCONTINUITY-SEQUENCE is behind a segment"],
    [
      discontinuity !== -1 && sequence > discontinuity,
      "4.4.3.3 EXT-X-DISCONTINUITY-SEQUENCE is behind a discontinuity",
    ],
  ]);
}

function versions({ tags, version }: Playlist): readonly string[] {
  const has = (wanted: string) => tags.some(({ name }) => name === wanted);
  const fractions = tags.some(({ name, value }) => name === "EXTINF" && value.includes("."));
  return when([
    [fractions && version < 3, "8 durations with fractions need version 3"],
    [has("EXT-X-MAP") && version < 6, "8 EXT-X-MAP needs version 6"],
    [has("EXT-X-SKIP") && version < 9, "8 EXT-X-SKIP needs version 9"],
  ]);
}

function targetDuration({ target, segments: those }: Playlist): readonly string[] {
  if (target === null) return ["4.4.3.1 EXT-X-TARGETDURATION is missing"];
  return those
    .filter(({ duration }) => Math.round(duration) > target)
    .map(({ msn, duration }) => `4.4.3.1 segment ${msn} is of ${duration} s, more than ${target}`);
}

function segments({ segments: those, tags }: Playlist): readonly string[] {
  const counted = tags.filter(({ name }) => name === "EXTINF").length;
  const names = those.map(({ uri }) => uri);
  return [
    ...when([[counted !== those.length, "4.4.4.1 there is not one EXTINF for each segment"]]),
    ...those.flatMap(({ msn, duration, map, uri, discontinuity, at }, index) => {
      const before = those[index - 1];
      const moved = before?.at == null || at === null ? 0 : at - before.at - before.duration * 1_000;
      return when([
        [!(duration > 0), `4.4.4.1 segment ${msn} has no duration`],
        [names.indexOf(uri) < index, `6.2.1 segment ${msn} has the address of another one`],
        [
          map === null && !tags.some(({ name }) => name === "EXT-X-SKIP"),
          `3.3 segment ${msn} has no EXT-X-MAP`,
        ],
        [
          before?.map != null && map !== null && before.map !== map && !discontinuity,
          `4.4.4.3 segment ${msn} has other tracks without a discontinuity`,
        ],
        [
          !discontinuity && Math.abs(moved) > datesApartMs,
          `6.2.1 the date of segment ${msn} is ${Math.round(moved)} ms from where the one before it ends`,
        ],
      ]);
    }),
  ];
}

/** Dates are as exact as the capture clock is known; more apart is a discontinuity that is not said. */
const datesApartMs = 100;

function partTags({ tags, partTarget, open, segments: those }: Playlist): readonly string[] {
  const parts = those.flatMap((one) => one.parts).concat(open);
  const names = parts.map(({ uri }) => uri);
  return when([
    [parts.length > 0 && partTarget === null, "4.4.3.7 EXT-X-PART without EXT-X-PART-INF"],
    [names.some((uri, index) => names.indexOf(uri) < index), "6.2.1 two parts have the same address"],
    [
      tags.some(({ name }) => name === "EXT-X-PART-INF") && !(partTarget !== null && partTarget > 0),
      "4.4.3.7 PART-TARGET is no duration",
    ],
  ]);
}

/** What applies to a segment applies to its first part, so it stands before that. */
function partHeads({ tags }: Playlist): readonly string[] {
  let isOpen = false;
  return tags.flatMap(({ name, line }) => {
    if (name === "EXT-X-PART") isOpen = true;
    if (name === "EXTINF") isOpen = false;
    const isHead = /^EXT-X-(DISCONTINUITY|MAP|PROGRAM-DATE-TIME)$/.test(name);
    return isOpen && isHead ? [`4.4.4.9 line ${line} has ${name} behind a part of its segment`] : [];
  });
}

function partLengths({ partTarget, open, segments: those }: Playlist): readonly string[] {
  if (partTarget === null) return [];
  const whole = those.map(({ msn, parts }) => ({ msn, parts, last: parts.length - 1 }));
  const all = [...whole, { msn: (those.at(-1)?.msn ?? -1) + 1, parts: open, last: open.length }];
  return all.flatMap(({ msn, parts, last }) =>
    parts.flatMap(({ duration, independent }, index) => {
      const isShort = duration < partTarget * partLeast - tolerance;
      return when([
        [duration > partTarget + tolerance / 2, `4.4.4.9 part ${msn}.${index} is longer than PART-TARGET`],
        [
          isShort && !independent && index < last,
          `4.4.4.9 part ${msn}.${index} is of ${duration} s, less than 85 % of PART-TARGET ${partTarget}`,
        ],
        [!(duration > 0), `4.4.4.9 part ${msn}.${index} has no duration`],
      ]);
    }),
  );
}

/** Parts are to go from what is more than three target durations behind the end, and to be in all that is nearer. */
function partsNearTheEnd({ open, segments: those, target, partTarget, ended }: Playlist): readonly string[] {
  if (partTarget === null || target === null) return [];
  let behind = sum(open);
  const violations: string[] = [];
  for (const { msn, parts, duration } of those.toReversed()) {
    if (behind > target * 3 + toleranceOfMany && parts.length > 0)
      violations.push(`6.2.2 segment ${msn} is three target durations from the end and still has parts`);
    if (behind + duration < target * 3 - toleranceOfMany && parts.length === 0 && !ended)
      violations.push(`6.2.2 segment ${msn} is near the end and has no parts`);
    behind += duration;
  }
  return violations;
}

function serverControl({ control, partTarget, target, skipped }: Playlist): readonly string[] {
  const holdBack = numberIn(control, "HOLD-BACK");
  const partHoldBack = numberIn(control, "PART-HOLD-BACK");
  const until = numberIn(control, "CAN-SKIP-UNTIL");
  return when([
    [
      holdBack !== null && holdBack < (target ?? 0) * 3,
      "4.4.3.8 HOLD-BACK is less than three target durations",
    ],
    [partTarget !== null && partHoldBack === null, "4.4.3.8 PART-HOLD-BACK is missing where there are parts"],
    [
      partHoldBack !== null && partHoldBack < (partTarget ?? 0) * 3 - tolerance,
      "4.4.3.8 PART-HOLD-BACK is less than three parts",
    ],
    [until !== null && until < (target ?? 0) * 6, "4.4.3.8 CAN-SKIP-UNTIL is less than six target durations"],
    [skipped > 0 && until === null, "6.2.5.1 segments are skipped without CAN-SKIP-UNTIL"],
    [
      control?.has("CAN-BLOCK-RELOAD") === true && control.get("CAN-BLOCK-RELOAD") !== "YES",
      "4.4.3.8 CAN-BLOCK-RELOAD can be YES alone",
    ],
  ]);
}

/** Only what is farther from the end than the boundary may be skipped. */
function skipping({ control, skipped, segments: those, open, tags }: Playlist): readonly string[] {
  const until = numberIn(control, "CAN-SKIP-UNTIL");
  const listed = those.reduce((total, { duration }) => total + duration, sum(open));
  const names = tags.map(({ name }) => name);
  return when([
    [
      skipped > 0 && until !== null && listed < until - toleranceOfMany,
      "6.2.5.1 what is nearer to the end than CAN-SKIP-UNTIL is skipped",
    ],
    [names.includes("EXT-X-SKIP") && skipped === 0, "4.4.5.2 EXT-X-SKIP skips nothing"],
  ]);
}

function hints({ hints: those, open, segments: whole, tags, ended }: Playlist): readonly string[] {
  const listed = new Set(
    whole
      .flatMap((one) => one.parts)
      .concat(open)
      .map(({ uri }) => uri),
  );
  const last = tags.findLastIndex(({ name }) => name === "EXT-X-PART" || name === "EXTINF");
  const first = tags.findIndex(({ name }) => name === "EXT-X-PRELOAD-HINT");
  return when([
    [
      those.some((hint) => !/^(PART|MAP)$/.test(hint.get("TYPE") ?? "")),
      "4.4.5.3 a hint is of no known TYPE",
    ],
    [those.filter((hint) => hint.get("TYPE") === "PART").length > 1, "4.4.5.3 there are two hints of a part"],
    [those.some((hint) => listed.has(hint.get("URI") ?? "")), "4.4.5.3 a hint is of what is there already"],
    [first !== -1 && first < last, "4.4.5.3 a hint stands before what is there already"],
    [ended && those.length > 0, "4.4.5.3 what has ended gives a hint"],
  ]);
}

function reports({ reports: those, control }: Playlist): readonly string[] {
  const blocking = control?.has("CAN-BLOCK-RELOAD") === true;
  return those.flatMap((report) =>
    when([
      [/^[a-z]+:/i.test(report.get("URI") ?? ""), "4.4.5.4 the URI of a report is not relative"],
      [blocking && !report.has("LAST-MSN"), "4.4.5.4 a report does not say its last segment"],
      [blocking && !report.has("LAST-PART"), "4.4.5.4 a report does not say its last part"],
    ]),
  );
}

function endings({ ended, type, open, tags }: Playlist): readonly string[] {
  const last: Tag | undefined = tags.at(-1);
  return when([
    [type === "VOD" && !ended, "4.4.3.5 a playlist of type VOD has no end"],
    [ended && open.length > 0, "4.4.3.4 parts stand behind the last segment of what has ended"],
    [ended && last?.name !== "EXT-X-ENDLIST", "4.4.3.4 something stands behind EXT-X-ENDLIST"],
    [type !== null && tags.some(({ name }) => name === "EXT-X-SKIP"), "6.2.5.1 a whole playlist skips"],
  ]);
}

function sum(parts: readonly { readonly duration: number }[]): number {
  return parts.reduce((total, { duration }) => total + duration, 0);
}

function when(violations: readonly (readonly [boolean, string])[]): readonly string[] {
  return violations.flatMap(([holds, sentence]) => (holds ? [sentence] : []));
}
