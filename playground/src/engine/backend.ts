/** What answers: the local server or a worker. */
import type { Ask } from "../answers";

export interface Backend {
  ask: Ask;
  /** Called when the session behind it has begun anew, with a reason for people. */
  onRestart: (listener: (reason: string) => void) => void;
}

/** Returns a back end that begins with the first question: so it takes no time from the page while that is drawn. */
export function whenAsked(make: () => Backend): Backend {
  const listeners: ((reason: string) => void)[] = [];
  let made: Backend | null = null;
  const start = (): Backend => {
    made = make();
    for (const listener of listeners) made.onRestart(listener);
    return made;
  };
  return {
    ask: (question, args) => (made ?? start()).ask(question, args),
    onRestart: (listener) => void listeners.push(listener),
  };
}

/** What kind of page this is. */
export type Mode = "local" | "static";
