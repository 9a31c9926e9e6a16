import {
  type Arguments,
  asksForHelp,
  type commonFlags,
  type FlagTable,
  readArguments,
  type Usage,
} from "./arguments.ts";
import { usageText } from "./usage-text.ts";

/** What a command came to: a result for programs and lines for people, or one sentence that says why there is none. */
export type Ended = Finished | { failure: string };
export type Finished = {
  status: 0 | 1;
  result: Readonly<Record<string, unknown>>;
  summary: readonly string[];
};
/** What was interrupted ends with the status of its signal, whatever it came to until then. */
export type Outcome = Ended | { interrupted: 130 | 143; ended: Ended };

/**
 * One command, from its words to its exit status: 0 done, 1 failed, 2 wrong words, or that of the signal which interrupted it.
 * Results go to standard output, everything else to standard error. `read` may answer null once it has noted a problem.
 */
export async function runCommand<Flags extends FlagTable & typeof commonFlags, Options extends object>(
  usage: Usage<Flags>,
  args: readonly string[],
  read: (given: Arguments<Flags>) => Options | null,
  perform: (options: Options) => Promise<Outcome> | Outcome,
): Promise<number> {
  if (asksForHelp(args)) {
    console.log(usageText(usage));
    return 0;
  }
  const json = args.includes("--json");
  const given = readArguments(usage, args);
  // A flag that was taken for the value of another would make every later sentence wrong.
  const options = given.problems.length === 0 ? read(given) : null;
  if (options === null || given.problems.length > 0) {
    for (const sentence of given.problems) console.error(sentence);
    if (json) console.log(JSON.stringify({ failure: given.problems.join(" ") }));
    return 2;
  }
  const outcome = await perform(options);
  if (!("interrupted" in outcome)) return print(outcome, json, {});
  console.error("It was interrupted: this is what was counted until then.");
  print(outcome.ended, json, { interrupted: true });
  return outcome.interrupted;
}

function print(ended: Ended, json: boolean, mark: { interrupted?: true }): 0 | 1 {
  if ("failure" in ended) {
    console.error(ended.failure);
    if (json) console.log(JSON.stringify({ failure: ended.failure, ...mark }));
    return 1;
  }
  if (json) console.log(JSON.stringify({ ...ended.result, ...mark }));
  else for (const line of ended.summary) console.log(line);
  return ended.status;
}
