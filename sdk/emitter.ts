/** Typed listeners by name. A listener that throws is reported like any uncaught error and stops nobody else. */
export type Emitter<Events> = {
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void;
  emit(name: keyof Events, value: unknown): void;
};

/** A method's parameter is bivariant: the name under which a listener is stored says what it is called with. */
type Listener = { call(value: unknown): void }["call"];

export function createEmitter<Events>(): Emitter<Events> {
  const listeners = new Map<keyof Events, readonly Listener[]>();
  return {
    on(name, listener) {
      const own: Listener = (value) => listener(value as Events[typeof name]);
      listeners.set(name, [...(listeners.get(name) ?? []), own]);
      return () => {
        listeners.set(
          name,
          (listeners.get(name) ?? []).filter((other) => other !== own),
        );
      };
    },
    emit(name, value) {
      for (const listener of listeners.get(name) ?? []) callOrReport(listener, value);
    },
  };
}

function callOrReport(listener: Listener, value: unknown): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
