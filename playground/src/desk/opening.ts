/** What the address asks for: an example, a shared link, or the first example. */
import type { Chain } from "../engine/chain";
import { exampleFragment, packFragment, readFragment, unpackFragment } from "../sharing/link";
import { FIRST, listExamples, readExample, type ExampleEntry } from "../sharing/examples";
import type { Sharing } from "../panes/share_dialog";
import type { Bench } from "../state/model";
import type { Documents } from "./documents";
import { showNote } from "./notes";
import { messageOf } from "../text/errors";

export class Opening {
  private entries: readonly ExampleEntry[] = [];
  /** Of the address, for what was opened; empty where the address needs none. */
  private fragment = "";

  constructor(
    private readonly bench: Bench,
    private readonly documents: Documents,
    private readonly chain: Chain,
    private readonly notes: HTMLElement,
  ) {}

  /** Keeps the fragment in the address while what it names is what is in the editors: whoever copies the address has the same. */
  showAddress(): void {
    const fragment = this.documents.isUnsaved ? "" : this.fragment;
    if (location.hash !== fragment) history.replaceState(null, "", fragment === "" ? location.pathname + location.search : fragment);
  }

  /** Follows the address when it changes, as by a link that is pasted into the address bar. */
  follow(): void {
    addEventListener("hashchange", () => void this.begin());
  }

  /** Shows what the fragment of the address asks for. */
  async begin(): Promise<void> {
    const asked = readFragment(location.hash);
    if (asked.kind === "example") return this.example(asked.name);
    if (asked.kind === "shared") {
      try {
        const { mapping, events, name } = await unpackFragment(asked.packed);
        this.fragment = location.hash;
        this.documents.show(name || "mapping.yaml", mapping, events, null);
        this.chain.start();
        return;
      } catch (error) {
        await this.example(FIRST);
        this.warn(messageOf(error));
        return;
      }
    }
    await this.example(FIRST);
    if (asked.kind === "wrong") this.warn(asked.why);
  }

  /** Shows an example, with its answers, and then asks the engine. */
  async example(name: string): Promise<void> {
    try {
      const example = await readExample(name);
      this.fragment = location.hash !== "" || name !== FIRST ? exampleFragment(name) : "";
      this.documents.showExample(name, example);
      this.showAddress();
      const { answers } = example;
      if (answers !== null) {
        const { evaluate, trace } = answers;
        const events = new Map(trace.events.map((event) => [event.number, event]));
        const states = new Map(trace.events.map((event) => [event.number, event.state]));
        this.bench.set({ evaluation: evaluate, families: evaluate.families, text: evaluate.text ?? "", generation: this.bench.now.generation + 1, traced: { sources: trace.sources, events, states } });
      }
    } catch {
      this.warn(`There is no example ${name}.`);
      if (this.documents.mapping.text === "" && name !== FIRST) return this.example(FIRST);
    }
    this.chain.start();
  }

  /** Returns the list of examples; empty if there are none beside this page. */
  async examples(): Promise<readonly ExampleEntry[]> {
    this.entries = await listExamples().catch(() => []);
    return this.entries;
  }

  /** Returns a link to what is in the editors, in the playground at `site`; null: none is known that others can open. */
  async link(site: string | null): Promise<Sharing> {
    const { example, mappingName, evaluation } = this.bench.now;
    const events = evaluation?.events.count ?? 0;
    if (example !== null) {
      return { fragment: exampleFragment(example), site, example: this.entries.find((entry) => entry.name === example)?.title ?? example, events };
    }
    const name = mappingName.split("/").at(-1)!;
    const fragment = await packFragment({ mapping: this.documents.mapping.text, events: this.documents.events.text, name });
    return { fragment, site, example: null, events };
  }

  private warn(text: string): void {
    showNote(this.notes, "link", "warn", text);
  }
}
