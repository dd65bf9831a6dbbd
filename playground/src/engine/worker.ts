/** Asks the engine in a worker of this page. */

import type { Ask } from "../answers.js";
import type { Asked, Told } from "../worker/main.js";

/** Milliseconds after which an answer is given up; regexes are cut off long before. */
const PATIENCE = 5000;

/** Milliseconds for the start of the worker: a slow line, a slow processor. */
const PATIENCE_AT_START = 120_000;

/** "starting" again after a worker was given up. */
export type EngineState = "starting" | "ready" | "broken";

interface Waiting {
  asked: Asked;
  resolve(text: string): void;
  reject(error: Error): void;
}

/**
 * Returns a function that asks a worker, and starts it.
 *
 * @param address the worker's script; null where the build has none
 * @param notify called when the worker begins to start, is ready, or could not start
 */
export function workerAsk(address: string, notify: (state: EngineState, message?: string) => void = () => {}): Ask {
  const engine = new WorkerEngine(new URL(address, document.baseURI).href, notify);
  return async (question, args) => {
    const told = JSON.parse(await engine.ask(question, JSON.stringify(args)));
    if ("refused" in told) throw new Error(told.refused);
    return told.answer;
  };
}

class WorkerEngine {
  private worker!: Worker;
  private isReady = false;
  private broken: Error | null = null;
  /** Questions, the one that the worker answers first. */
  private waiting: Waiting[] = [];
  private watchdog = 0;
  private last = 0;

  constructor(
    private readonly address: string,
    private readonly notify: (state: EngineState, message?: string) => void,
  ) {
    this.start();
  }

  ask(question: string, args: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked: { id: ++this.last, question, args }, resolve, reject });
      if (this.broken) this.giveUp(this.broken);
      else if (this.isReady && this.waiting.length === 1) this.send();
    });
  }

  private start(): void {
    this.isReady = false;
    this.notify("starting");
    this.worker = startWorker(this.address);
    this.worker.onmessage = (event: MessageEvent<Told>) => this.hear(event.data);
    this.worker.onerror = (event) => this.fail(event.message);
    this.watch(PATIENCE_AT_START, () => this.fail("it takes too long to start"));
  }

  private hear(told: Told): void {
    if ("broken" in told) {
      this.fail(told.broken);
    } else if ("ready" in told) {
      this.isReady = true;
      this.watch(0);
      this.notify("ready");
      this.send();
    } else if (told.id === this.waiting[0]?.asked.id) {
      this.watch(0);
      const { resolve, reject } = this.waiting.shift()!;
      if ("failed" in told) {
        reject(new Error(`internal error in telemap: ${told.failed}`));
      } else {
        resolve(told.text);
      }
      if ("failed" in told && !told.isUsable) this.restart();
      else this.send();
    }
  }

  private send(): void {
    const next = this.waiting[0];
    if (!next) return;
    this.watch(PATIENCE, () => {
      this.waiting.shift();
      next.reject(new Error(`gave up after ${PATIENCE / 1000} seconds: these events, or this mapping, take too long`));
      this.restart();
    });
    this.worker.postMessage(next.asked);
  }

  private restart(): void {
    this.worker.terminate();
    this.start();
  }

  private fail(message: string): void {
    this.worker.terminate();
    this.watch(0);
    this.broken = new Error(`the engine could not start in this browser: ${message}`);
    this.notify("broken", this.broken.message);
    this.giveUp(this.broken);
  }

  private giveUp(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  private watch(patience: number, bark?: () => void): void {
    clearTimeout(this.watchdog);
    if (bark) this.watchdog = window.setTimeout(bark, patience);
  }
}

/**
 * Starts a module worker to which this page's Content-Security-Policy applies.
 *
 * A script from the network would bring its own, in a header that a static host does not send. A script in a blob inherits
 * the page's.
 */
function startWorker(address: string): Worker {
  const script = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  const url = URL.createObjectURL(script);
  const worker = new Worker(url, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
