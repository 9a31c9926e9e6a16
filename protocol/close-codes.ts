/**
 * Why a server closes a connection, grouped by what the client does next: the behaviour follows from the code's
 * range alone, so that a client written today understands a code invented tomorrow.
 */
export const behaviours = ["resume", "back-off", "refresh", "give-up"] as const;
export type Behaviour = (typeof behaviours)[number];

export const closeCodes = {
  // 4000-4099: nothing is wrong with the client. Resume at once, on any node.
  drained: 4000,
  stalled: 4001,
  restarted: 4002,
  streamOver: 4003,
  /** Only to who offers `segments`. */
  polled: 4004,
  // 4100-4199: come back later, with growing pauses.
  busy: 4100,
  tooManyConnections: 4101,
  silent: 4102,
  helloTimeout: 4103,
  rate: 4104,
  // 4200-4299: the token is no longer good. Ask for a new one, then resume.
  tokenExpired: 4200,
  tokenRevoked: 4201,
  // 4300-4399: trying again would end the same way.
  unauthorised: 4300,
  version: 4301,
  malformed: 4302,
  banned: 4303,
  forbiddenOrigin: 4304,
} as const;
export type CloseName = keyof typeof closeCodes;
export type CloseCode = (typeof closeCodes)[CloseName];

/** RFC 6455 section 7.4.1 codes are sorted too: 1009 (too big) cannot get better, the rest is weather. */
export function behaviourOf(code: number): Behaviour {
  if (code >= 4000 && code < 4100) return "resume";
  if (code >= 4200 && code < 4300) return "refresh";
  if (code >= 4300 && code < 4400) return "give-up";
  if (code === 1001 || code === 1012) return "resume";
  if (code === 1002 || code === 1003 || code === 1007 || code === 1009) return "give-up";
  return "back-off";
}
