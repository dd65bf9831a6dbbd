/** What answers where nothing is installed: the engine in a worker of this page. */

import type { AnswerOf, ArgumentsOf, Question } from "../answers";
import type { Asked, Told } from "../worker/main";
import type { Backend } from "./backend";

/** Milliseconds after which an answer is given up; regexes are cut off long before. */
const PATIENCE = 5000;

/** Milliseconds for the start of the worker: a slow line, a slow processor. */
const PATIENCE_AT_START = 120_000;

const TOO_LONG = `The engine gave up after ${PATIENCE / 1000} seconds: this mapping, or these events, take too long.`;

export interface WorkerBackend extends Backend {
  /** Resolves when the engine has started for the first time; rejects where it cannot. */
  started: Promise<void>;
}

/**
 * Starts the engine.
 *
 * @param file the worker's script, relative to the page
 */
export function workerBackend(file: string): WorkerBackend {
  const engine = new WorkerEngine(new URL(file, document.baseURI).href);
  return {
    started: engine.started,
    ask: async <Q extends Question>(question: Q, args: ArgumentsOf<Q>) => {
      const told = JSON.parse(await engine.ask(question, JSON.stringify(args)));
      if ("refused" in told) throw new Error(told.refused);
      return told.answer as AnswerOf<Q>;
    },
    onRestart: (listener) => engine.listeners.push(listener),
  };
}

interface Waiting {
  asked: Asked;
  resolve(text: string): void;
  reject(error: Error): void;
}

class WorkerEngine {
  readonly listeners: ((reason: string) => void)[] = [];
  readonly started: Promise<void>;
  private tellStarted!: () => void;
  private tellBroken!: (error: Error) => void;
  private worker!: Worker;
  private isReady = false;
  private broken: Error | null = null;
  /** Questions, the one that the worker answers first. */
  private waiting: Waiting[] = [];
  private watchdog = 0;
  private last = 0;

  constructor(private readonly address: string) {
    this.started = new Promise((resolve, reject) => {
      this.tellStarted = resolve;
      this.tellBroken = reject;
    });
    this.started.catch(() => undefined);
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
      this.tellStarted();
      this.send();
    } else if (told.id === this.waiting[0]?.asked.id) {
      this.watch(0);
      const { resolve, reject } = this.waiting.shift()!;
      const isUsable = "text" in told || told.isUsable;
      if (!isUsable) this.restart("The engine stopped, and starts again.");
      if ("text" in told) resolve(told.text);
      else reject(new Error(`Internal error in telemap: ${told.failed}`));
      if (isUsable) this.send();
    }
  }

  private send(): void {
    const next = this.waiting[0];
    if (!next) return;
    this.watch(PATIENCE, () => {
      this.waiting.shift();
      this.restart(`${TOO_LONG} It starts again.`);
      next.reject(new Error(TOO_LONG));
    });
    this.worker.postMessage(next.asked);
  }

  private restart(reason: string): void {
    this.worker.terminate();
    this.start();
    for (const listener of this.listeners) listener(reason);
  }

  private fail(reason: string): void {
    this.worker.terminate();
    this.watch(0);
    this.broken = new Error(`The engine cannot start in this browser: ${reason}`);
    this.tellBroken(this.broken);
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
