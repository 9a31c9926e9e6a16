import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPlaylist } from "./playlist-checker.fixture.ts";
import { checkReload } from "./reload-checker.fixture.ts";

const date = (second: number) => `#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:0${second}.000Z`;
const part = (name: string, seconds = 0.2, more = "") =>
  `#EXT-X-PART:DURATION=${seconds},URI="a/${name}.m4s"${more}`;
const partsOf = (msn: number) =>
  [0, 1, 2, 3, 4].map((n) => part(`${msn}.${n}`, 0.2, n === 0 ? ",INDEPENDENT=YES" : ""));
const control = "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6,HOLD-BACK=6,CAN-SKIP-UNTIL=12";

/** With a discontinuity, parts, a hint and a report. */
const right = [
  "#EXTM3U",
  "#EXT-X-VERSION:9",
  "#EXT-X-TARGETDURATION:2",
  control,
  "#EXT-X-PART-INF:PART-TARGET=0.2",
  "#EXT-X-MEDIA-SEQUENCE:7",
  "#EXT-X-DISCONTINUITY-SEQUENCE:1",
  '#EXT-X-MAP:URI="a/init-v1.mp4"',
  date(1),
  ...partsOf(7),
  "#EXTINF:1.000,",
  "a/7.m4s",
  "#EXT-X-DISCONTINUITY",
  '#EXT-X-MAP:URI="a/init-v2.mp4"',
  date(5),
  ...partsOf(8),
  "#EXTINF:1.000,",
  "a/8.m4s",
  date(6),
  part("9.0", 0.2, ",INDEPENDENT=YES"),
  part("9.1"),
  '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a/9.2.m4s"',
  '#EXT-X-RENDITION-REPORT:URI="audio.m3u8",LAST-MSN=9,LAST-PART=1',
];

/** After two more parts, with the segment whole. */
const later = [
  ...right.slice(0, -2),
  part("9.2"),
  "#EXTINF:0.600,",
  "a/9.m4s",
  '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a/10.0.m4s"',
];

const written = (lines: readonly string[]) => `${lines.join("\n")}\n`;

/** The right one with one line put in the place of another; none: taken out. */
function planted(line: string, ...instead: readonly string[]): string {
  assert.ok(right.includes(line), line);
  return written(right.flatMap((one) => (one === line ? instead : [one])));
}

const plants: readonly (readonly [why: string, text: string])[] = [
  ["4.4.1.1", planted("#EXTM3U")],
  ["4.1", `${right.join("\n")}`],
  ["4.1", planted("a/7.m4s", "a/\u00077.m4s")],
  ["4.1", planted("#EXTM3U", "#EXTM3U", "#EXT-X-STRANGE")],
  ["4.4", planted(date(1), "#EXT-X-PROGRAM-DATE-TIME:yesterday")],
  ["4.4", planted("#EXT-X-VERSION:9", "#EXT-X-VERSION:9", "#EXT-X-VERSION:9")],
  ["4.4", planted('#EXT-X-MAP:URI="a/init-v2.mp4"', '#EXT-X-MAP:BYTERANGE="1@2"')],
  ["4.2", planted(part("9.1"), "#EXT-X-PART:DURATION=0.2,,")],
  ["4.2", planted(part("9.1"), part("9.1", 0.2, ",COLOUR=RED"))],
  ["4.2", planted(part("9.1"), '#EXT-X-PART:DURATION=long,URI="a/9.1.m4s"')],
  ["4.4.3.2", written([...right.filter((one) => !one.includes("MEDIA-S")), "#EXT-X-MEDIA-SEQUENCE:7"])],
  ["4.4.3.3", written([...right.filter((one) => !one.includes("TY-S")), "#EXT-X-DISCONTINUITY-SEQUENCE:1"])],
  ["8", planted("#EXT-X-VERSION:9", "#EXT-X-VERSION:2")],
  ["8", planted("#EXT-X-VERSION:9", "#EXT-X-VERSION:5")],
  [
    "8",
    planted("#EXT-X-VERSION:9", "#EXT-X-VERSION:8").replace(
      "#EXT-X-MAP",
      "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n#EXT-X-MAP",
    ),
  ],
  ["4.4.3.1", planted("#EXT-X-TARGETDURATION:2")],
  ["4.4.3.1", written(right).replace("#EXTINF:1.000", "#EXTINF:2.600")],
  ["4.4.4.1", written(right).replace("#EXTINF:1.000,\n", "")],
  ["4.4.4.1", written(right).replace("#EXTINF:1.000", "#EXTINF:0")],
  ["6.2.1", planted("a/8.m4s", "a/7.m4s")],
  ["3.3", planted('#EXT-X-MAP:URI="a/init-v1.mp4"')],
  ["4.4.4.3", planted("#EXT-X-DISCONTINUITY").replace(date(5), date(2))],
  ["6.2.1", planted(date(5), date(5)).replace("#EXT-X-DISCONTINUITY\n", "")],
  ["4.4.3.7", planted("#EXT-X-PART-INF:PART-TARGET=0.2")],
  ["4.4.3.7", planted("#EXT-X-PART-INF:PART-TARGET=0.2", "#EXT-X-PART-INF:PART-TARGET=0")],
  ["6.2.1", planted(part("9.1"), part("8.1"))],
  ["4.4.4.9", planted(part("9.1"), part("9.1"), "#EXT-X-DISCONTINUITY")],
  ["4.4.4.9", planted(part("9.1"), part("9.1", 0.21))],
  ["4.4.4.9", planted(part("9.1"), part("9.1", 0.15))],
  ["4.4.4.9", planted(part("9.1"), part("9.1", 0))],
  [
    "6.2.2",
    written(right).replace(
      "a/8.m4s\n",
      `a/8.m4s\n${Array.from({ length: 7 }, (_, n) => `#EXTINF:1.0,\na/x${n}.m4s\n`).join("")}`,
    ),
  ],
  ["6.2.2", written(right.filter((one) => !one.includes('URI="a/8.')))],
  ["4.4.3.8", planted(control, control.replace("HOLD-BACK=6", "HOLD-BACK=5"))],
  ["4.4.3.8", planted(control, control.replace("PART-HOLD-BACK=0.6,", ""))],
  ["4.4.3.8", planted(control, control.replace("PART-HOLD-BACK=0.6", "PART-HOLD-BACK=0.5"))],
  ["4.4.3.8", planted(control, control.replace("UNTIL=12", "UNTIL=11"))],
  ["4.4.3.8", planted(control, control.replace("YES", "NO"))],
  [
    "6.2.5.1",
    planted(control, control.replace(",CAN-SKIP-UNTIL=12", "")).replace(
      "#EXT-X-MAP",
      "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n#EXT-X-MAP",
    ),
  ],
  ["6.2.5.1", written(right).replace("#EXT-X-MAP", "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n#EXT-X-MAP")],
  ["4.4.5.2", written(right).replace("#EXT-X-MAP", "#EXT-X-SKIP:SKIPPED-SEGMENTS=0\n#EXT-X-MAP")],
  ["4.4.5.3", written(right).replace("TYPE=PART", "TYPE=CUP")],
  ["4.4.5.3", written([...right, '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a/9.3.m4s"'])],
  ["4.4.5.3", written(right).replace("a/9.2.m4s", "a/9.1.m4s")],
  ["4.4.5.3", planted(date(6), '#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="a/m"', date(6))],
  ["4.4.5.3", written([...right, "#EXT-X-ENDLIST"])],
  ["4.4.5.4", written(right).replace("audio.m3u8", "https://b.example/audio.m3u8")],
  ["4.4.5.4", written(right).replace("LAST-MSN=9,", "")],
  ["4.4.5.4", written(right).replace(",LAST-PART=1", "")],
  ["4.4.3.5", planted("#EXT-X-VERSION:9", "#EXT-X-VERSION:9", "#EXT-X-PLAYLIST-TYPE:VOD")],
  ["4.4.3.4", written([...right.slice(0, -2), "#EXT-X-ENDLIST"])],
  ["4.4.3.4", planted("#EXT-X-VERSION:9", "#EXT-X-VERSION:9", "#EXT-X-ENDLIST")],
  [
    "6.2.5.1",
    planted("#EXT-X-VERSION:9", "#EXT-X-VERSION:9", "#EXT-X-PLAYLIST-TYPE:EVENT").replace(
      "#EXT-X-MAP",
      "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n#EXT-X-MAP",
    ),
  ],
];

test("V2.30 a playlist that keeps to every rule has no violation, and each that is planted is found", () => {
  assert.deepEqual(checkPlaylist(written(right)), []);
  assert.deepEqual(checkPlaylist(written(later)), []);
  for (const [section, text] of plants) {
    const found = checkPlaylist(text);
    assert.ok(
      found.some((one) => one.startsWith(`${section} `)),
      `${section}: ${found.join("; ")}\n${text}`,
    );
  }
});

test("V2.30 a reload that goes on has no violation, and each that is planted is found", () => {
  const before = written(right);
  const after = written(later);
  assert.deepEqual(checkReload(before, before), []);
  assert.deepEqual(checkReload(before, after), []);
  const wrong: readonly (readonly [string, string, string])[] = [
    ["6.2.1 TARGET", before, after.replace("DURATION:2", "DURATION:3")],
    ["6.2.1 EXT-X-PLAYLIST-TYPE", `#EXT-X-PLAYLIST-TYPE:VOD\n${before}`, after],
    ["6.2.2 MEDIA", before, after.replace("SEQUENCE:7", "SEQUENCE:6")],
    ["6.2.2 DISCONTINUITY", before, after.replace("SEQUENCE:1", "SEQUENCE:0")],
    ["6.2.1 EXT-X-ENDLIST", `${before}#EXT-X-ENDLIST\n`, after],
    ["4.4.3.5", `#EXT-X-PLAYLIST-TYPE:EVENT\n${before}`, after.replace("SEQUENCE:7", "SEQUENCE:8")],
    ["6.2.1 the end", after, before],
    ["6.2.2 all", before, written(right.slice(0, 7))],
    ["6.2.2 what is left", before, after.replace("SEQUENCE:7", "SEQUENCE:8")],
    ["6.2.1 segment 7 has changed: uri", before, after.replace("a/7.m4s", "a/seven.m4s")],
    ["6.2.1 segment 8 has changed: duration", before, after.replace("1.000,\na/8", "1.100,\na/8")],
    ["6.2.1 segment 8 has changed: discontinuity", before, after.replace("#EXT-X-DISCONTINUITY\n", "")],
    ["6.2.1 segment 7 has changed: discontinuities", before, after.replace("SEQUENCE:1", "SEQUENCE:2")],
    ["6.2.1 segment 7 has changed: at", before, after.replace(date(1), date(2))],
    ["6.2.1 segment 8 has changed: map", before, after.replace("init-v2", "init-v3")],
    ["6.2.1 the parts of segment 8", before, after.replace("a/8.1.", "a/8.9.")],
    ["6.2.1 the parts of segment 9", before, after.replace("a/9.1.", "a/9.9.")],
    ["6.2.2 the part", before, after.replace("a/9.2.", "a/9.9.")],
  ];
  for (const [sentence, earlier, text] of wrong) {
    const found = checkReload(earlier, text);
    assert.ok(
      found.some((one) => one.startsWith(sentence)),
      `${sentence}: ${found.join("; ")}`,
    );
  }
});
