/** The files that the local server was started with: what they are, whether they have changed on disk, and saving. */
import { type Server, ServerError } from "../engine/local";
import type { Changes, Conflict, Files, Saved } from "../files";

const POLL_MS = 2000;

export type DiskChange = "same" | "changed" | "gone";
const REFUSED = "refused";

const change = (before: string | null, now: string | null): DiskChange => (before === now ? "same" : now === null ? "gone" : "changed");

export type SaveResult = { kind: "saved" } | { kind: "conflict"; theirs: Conflict } | { kind: "failed"; why: string };

export class LocalFiles {
  private mappingDigest: string | null = null;
  private eventsDigest: string | null = null;
  private told = "";

  constructor(private readonly server: Server) {}

  async open(): Promise<Files> {
    const files = (await this.server.request("GET", "files")) as Files;
    this.mappingDigest = files.mapping?.digest ?? null;
    this.eventsDigest = files.events?.digest ?? null;
    this.told = "";
    return files;
  }

  async save(text: string): Promise<SaveResult> {
    try {
      const saved = (await this.server.request("POST", "save", { text, digest: this.mappingDigest })) as Saved;
      this.mappingDigest = saved.digest;
      return { kind: "saved" };
    } catch (error) {
      if (error instanceof ServerError && error.status === 409) return { kind: "conflict", theirs: error.body as Conflict };
      return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Takes the version on disk as the one that is edited: saving writes over it. */
  accept(theirs: Conflict): void {
    this.mappingDigest = theirs.digest;
  }

  /** Calls `changed` once for each change on disk of the files that are open, and `refused` once if the server does not know this page, while it is visible. */
  watch(changed: (mapping: DiskChange, events: DiskChange) => void, refused: (why: string) => void): void {
    setInterval(() => void this.poll(changed, refused), POLL_MS);
  }

  private async poll(changed: (mapping: DiskChange, events: DiskChange) => void, refused: (why: string) => void): Promise<void> {
    if (document.visibilityState === "hidden") return;
    let now: Changes;
    try {
      now = (await this.server.request("GET", "changes")) as Changes;
    } catch (error) {
      if (error instanceof ServerError && error.status === 403 && this.told !== REFUSED) {
        this.told = REFUSED;
        refused("telemap playground was started again, with a new address: open the one that it prints. What you changed here is not saved: copy it first.");
      }
      return;
    }
    const key = JSON.stringify([now, this.mappingDigest]);
    if (key === this.told) return;
    this.told = key;
    changed(change(this.mappingDigest, now.mapping), change(this.eventsDigest, now.events));
  }
}
