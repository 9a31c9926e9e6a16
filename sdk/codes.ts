/** Those close codes of the protocol that a client needs by name. */
export const drained = 4000;
export const polled = 4004;
export const silent = 4102;
export const helloTimeout = 4103;
export const unauthorised = 4300;
