/** The worker: takes `{id, question, args}`, and posts `{ready}` once, then `{id, text}` or `{id, failed}` for each. */

import { type Answering, startEngine } from "./engine";

/** Addresses relative to this script, put here by the build. */
declare const RUNTIME: string;
declare const LIBRARY: string;
declare const ENGINE: string;

export interface Asked {
  id: number;
  question: string;
  /** JSON. */
  args: string;
}

export type Told =
  | { ready: true }
  | { broken: string } // it did not start
  | { id: number; text: string }
  | { id: number; failed: string; isUsable: boolean }; // whether it can answer the next

const post = self.postMessage.bind(self) as (told: Told) => void;

function reply(answer: Answering, { id, question, args }: Asked): Told {
  try {
    return { id, text: answer(question, args) };
  } catch (error) {
    return { id, failed: String(error), isUsable: (error as Error).name === "PythonError" };
  }
}

try {
  const here = import.meta.url;
  const answer = await startEngine({
    runtime: new URL(RUNTIME, here).href,
    library: new URL(LIBRARY, here).href,
    engine: fetch(new URL(ENGINE, here)).then((response) => response.arrayBuffer()),
  });
  self.onmessage = (event: MessageEvent<Asked>) => post(reply(answer, event.data));
  post({ ready: true });
} catch (error) {
  post({ broken: String(error) });
}
