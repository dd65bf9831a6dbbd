/**
 * What `telemap playground` answers about the files that it was started with. The static site has no such files.
 *
 * The address that opens the page carries the token in its fragment: `http://127.0.0.1:PORT/#token=TOKEN`. Keep it in
 * `sessionStorage` and take it out of the address. Every request below needs it as the header `X-Telemap-Token`;
 * `POST /ask/QUESTION` also needs `X-Telemap-Session`, 1 to 64 letters, digits, `-` or `_`, drawn at random by each tab.
 * A `POST` has `Content-Type: application/json`; its body is one JSON object of at most `MAX_BODY_BYTES`.
 *
 * An answer that is not 200 is a `Refusal`, except 409 of `POST /save`, which is a `Conflict`. 400: the question or its
 * arguments are not valid; 403: another page, or no token or that of an earlier start; 408: the body did not arrive in time; 413: the body is too large; 500: an error within telemap, or a file
 * that cannot be read or written; 503: too many connections.
 */

export const MAX_BODY_BYTES = 32 * 1024 * 1024;

export const TOKEN_HEADER = "X-Telemap-Token";
export const SESSION_HEADER = "X-Telemap-Session";

/** The token in the fragment of an address, such as `#token=TOKEN`; null without one. */
export function tokenIn(fragment: string): string | null {
  return /^#token=([A-Za-z0-9_-]+)$/.exec(fragment)?.[1] ?? null;
}

/** `GET /files`: read anew at each request. Null: not named on the command line; the page then shows an example. */
export interface Files {
  mapping: MappingFile | null;
  events: EventsFile | null;
  /** The address of a playground that others can open, for links to share; null if none is known: then copy the fragment, and say so. */
  site: string | null;
  /** The address of the published documentation, with a slash at its end, for the relative `url` of problems; null if none is known. */
  documentation: string | null;
}

export interface MappingFile {
  /** As named on the command line: a path, or `telemap:NAME`. Give it as `mapping.name` to `evaluate`. */
  name: string;
  /** The whole path; null for what cannot be saved. */
  path: string | null;
  /** With `\n` as line ends, whatever the file has; saving keeps those of the file. */
  text: string;
  /** For `POST /save` and to compare with `Changes`; null: the file does not exist yet, and saving creates it. */
  digest: string | null;
  /** False for `telemap:NAME` and what is no regular file; then offer a download, with `advice`. */
  saveable: boolean;
  /** Why it cannot be saved, and what to do instead; null if it can. */
  advice: string | null;
  /** False: saving creates the file; `text` is a mapping to begin with. */
  exists: boolean;
}

export interface EventsFile {
  name: string;
  /** Empty if the file cannot be read any more. */
  text: string;
  /** null: it cannot be read any more. */
  digest: string | null;
  truncated: Truncation | null;
  /** What else to tell about it, such as bytes that are not UTF-8, or why it cannot be read; null for nothing. */
  note: string | null;
}

/** A recording of more than 5 MB, of which `text` holds the first events. */
export interface Truncation {
  /** Events in `text`. */
  events: number;
  /** Bytes of the recording that `text` stands for, unpacked. */
  bytes: number;
  /** Bytes of the whole recording, unpacked; null if unknown: it is compressed, or a pipe. */
  of: number | null;
}

/**
 * `GET /changes`: the digests of the files as they are now. Poll it every two seconds while the page is visible.
 *
 * A digest that differs from the one of the text shown: offer to load the file again, by `GET /files`. Null: there is
 * no such file now, it cannot be read, or none was named.
 */
export interface Changes {
  mapping: string | null;
  events: string | null;
}

/** `POST /save`: write the mapping file, if it is still the one that was opened. */
export interface Save {
  text: string;
  /** Of the file that was opened, last saved, or in the conflict that the reader decided to overwrite. */
  digest: string | null;
}

/** The answer 200 of `POST /save`. */
export interface Saved {
  digest: string;
}

/** The answer 409 of `POST /save`: somebody else changed the file. Null: deleted it. */
export interface Conflict {
  text: string | null;
  digest: string | null;
}

/** Why a request is refused, in a sentence for people. */
export interface Refusal {
  error: string;
}
