/** The local server: questions go to it by `fetch`, with the token that was in the fragment of the address. */
import type { AnswerOf, ArgumentsOf, Question } from "../answers";
import { MAX_BODY_BYTES, SESSION_HEADER, TOKEN_HEADER, tokenIn } from "../files";
import { remember, remembered } from "../look/storage";
import type { Backend } from "./backend";

const TOKEN = "telemap-token";

/**
 * Returns the token of the local server, and removes it from the address bar; null on a page that no local server has sent. It stays in the tab's storage,
 * so that reloading works.
 */
export function takeToken(): string | null {
  addEventListener("hashchange", () => {
    // The address of another start, in the address bar of this tab: the browser does not load the page again by itself.
    if (tokenIn(location.hash) !== null) location.reload();
  });
  const token = tokenIn(location.hash);
  if (token === null) return remembered(TOKEN, () => sessionStorage);
  remember(TOKEN, token, () => sessionStorage);
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export class ServerError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly body: unknown = null,
  ) {
    super(message);
  }
}

/** Commands begin their messages with a small letter, and end them without a full stop. A file's name stays as it is. */
const sentence = (text: string): string => text.replace(/^[a-z](?=[a-z]*[ ,:])/, (letter) => letter.toUpperCase()).replace(/([^.!?])$/, "$1.");

export class Server {
  private readonly headers: Record<string, string>;

  constructor(token: string | null) {
    // Not kept in the tab's storage: a tab that is duplicated would share its session with the other.
    this.headers = { [SESSION_HEADER]: crypto.randomUUID(), ...(token === null ? {} : { [TOKEN_HEADER]: token }) };
  }

  /** Sends a request, and returns the JSON of its answer. Throws ServerError, with status 0 if there is no answer. */
  async request(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    // A Blob, because Chromium takes half a second to copy ten megabytes of text or bytes.
    const sent = body === undefined ? null : new Blob([JSON.stringify(body)], { type: "application/json" });
    if (sent !== null && sent.size > MAX_BODY_BYTES) {
      throw new ServerError("The events are too many for the local server: 32 MB at most. Show fewer of them.", 413);
    }
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers: this.headers,
        body: sent,
        cache: "no-store",
        credentials: "omit",
      });
    } catch {
      throw new ServerError("The local server does not answer: start telemap playground again, and open its address.", 0);
    }
    const text = await response.text();
    let answer: unknown = null;
    try {
      answer = JSON.parse(text);
    } catch {
      if (response.ok) throw new ServerError("The local server's answer is not JSON.", response.status);
    }
    if (!response.ok) {
      const told = (answer as { error?: unknown } | null)?.error;
      throw new ServerError(sentence(typeof told === "string" ? told : text.trim() || response.statusText), response.status, answer);
    }
    return answer;
  }
}

export function localBackend(server: Server): Backend {
  return {
    ask: async <Q extends Question>(question: Q, args: ArgumentsOf<Q>) =>
      (await server.request("POST", `ask/${question}`, args)) as AnswerOf<Q>,
    onRestart: () => undefined,
  };
}
