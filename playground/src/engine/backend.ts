/** What answers: the local server or a worker. */
import type { Ask } from "../answers";

export interface Backend {
  ask: Ask;
  /** Called when the session behind it has begun anew, with a reason for people. */
  onRestart: (listener: (reason: string) => void) => void;
}

/** What kind of page this is. */
export type Mode = "local" | "static";
