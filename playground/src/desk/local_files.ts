/** The files that the local server was started with: what they are, whether they have changed on disk, and saving. */
import { type Server, ServerError } from "../engine/local";
import type { Changes, Conflict, Files, Saved } from "../files";
import { messageOf } from "../text/errors";

const POLL_MS = 2000;

export type FileKind = keyof Changes;
const KINDS: readonly FileKind[] = ["mapping", "events"];

export type DiskChange = "same" | "changed" | "gone";

const change = (before: string | null, now: string | null): DiskChange => (before === now ? "same" : now === null ? "gone" : "changed");

export type SaveResult = { kind: "saved" } | { kind: "conflict"; theirs: Conflict } | { kind: "failed"; why: string };

export interface Watching {
  /** Called once for each change on disk of a file that is open. */
  changed: (what: FileKind, change: DiskChange) => void;
  /** Called once if the server does not know this page. */
  refused: () => void;
}

export class LocalFiles {
  /** Of the versions that are in the editors. */
  private readonly digests: Changes = { mapping: null, events: null };
  /** Of the versions on disk that were told. */
  private readonly told: Partial<Changes> = {};
  private isRefused = false;

  constructor(private readonly server: Server) {}

  /** Returns the files as they are now. */
  async read(): Promise<Files> {
    return (await this.server.request("GET", "files")) as Files;
  }

  /** Takes a version on disk as the one that is in the editor: saving writes over it. */
  accept(what: FileKind, version: { digest: string | null } | null): void {
    this.digests[what] = this.told[what] = version?.digest ?? null;
  }

  /** The digest of the mapping that is in the editor, unchanged or not. */
  get mappingDigest(): string | null {
    return this.digests.mapping;
  }

  async save(text: string): Promise<SaveResult> {
    try {
      const saved = (await this.server.request("POST", "save", { text, digest: this.digests.mapping })) as Saved;
      this.accept("mapping", saved);
      return { kind: "saved" };
    } catch (error) {
      if (error instanceof ServerError && error.status === 409) return { kind: "conflict", theirs: error.body as Conflict };
      return { kind: "failed", why: messageOf(error) };
    }
  }

  /** Looks at the files every two seconds, while the page is visible. */
  watch(watching: Watching): void {
    setInterval(() => void this.look(watching), POLL_MS);
  }

  private async look({ changed, refused }: Watching): Promise<void> {
    if (document.visibilityState === "hidden") return;
    let now: Changes;
    try {
      now = (await this.server.request("GET", "changes")) as Changes;
    } catch (error) {
      if (error instanceof ServerError && error.status === 403 && !this.isRefused) {
        this.isRefused = true;
        refused();
      }
      return;
    }
    for (const what of KINDS) {
      if (this.told[what] === now[what]) continue;
      this.told[what] = now[what];
      changed(what, change(this.digests[what], now[what]));
    }
  }
}
