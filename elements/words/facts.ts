import type { Act, Notice, ReasonCode, SanctionKind } from "@chorus/protocol/entries.ts";

/** What a moderator did, for the log. `text` is their own words, `seconds` how long; null where there is none. */
export type SanctionFacts = {
  readonly by: string;
  readonly what: SanctionKind;
  readonly whom: string;
  readonly seconds: number | null;
  readonly why: ReasonCode;
  readonly text: string | null;
};
export type ActFacts = {
  readonly by: string;
  readonly act: Act["act"];
  /** How many messages it was about. */
  readonly count: number;
  /** Whose message it was; null where that is not known, or they are several. */
  readonly whom: string | null;
  readonly why: ReasonCode | null;
  readonly text: string | null;
};
export type NoticeFacts = {
  readonly what: Notice["what"];
  /** When it ends, in words; null where it does not or nobody said. */
  readonly until: string | null;
  readonly why: ReasonCode | null;
};
/** What happened since the last announcement. */
export type Digest = { readonly messages: number; readonly mentions: number; readonly staff: number };
