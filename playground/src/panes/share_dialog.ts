/** "Share": the link, what is in it, and how long it is. */
import { copyButton } from "../look/controls";
import { openDialog } from "../look/dialog";
import { counted, el } from "../look/dom";

/** Links longer than this are cut off by some chat programs. */
const LONG = 8000;

export interface Sharing {
  /** What opens it: `#` and what follows. */
  fragment: string;
  /** The address of a playground that others can open, without a fragment; null if none is known. */
  site: string | null;
  /** The example's title, if the link only names it. */
  example: string | null;
  events: number;
}

function contents({ example, events }: Sharing): string {
  if (example !== null) return `This link names the example “${example}”: nothing else is in it.`;
  const what = `The mapping and ${events === 1 ? "the event" : `all ${counted(events, "event")}`}`;
  return `${what} are in the link: whoever has it can read them. They are behind the #, which browsers do not send to a server.`;
}

export function showShare(sharing: Sharing, tell: (message: string) => void): void {
  const { fragment, site } = sharing;
  const link = (site ?? "") + fragment;
  const long = link.length > LONG ? " Some chat programs cut off links of this length: keep fewer events, or send the files." : "";
  openDialog(
    "Share by link",
    el("p", {}, contents(sharing)),
    site === null
      ? el("p", {}, "Only you can open the address of this page. So put this behind the address of a playground that others can open, such as the one in your copy of the documentation; with ", el("code", {}, "--site"), ", telemap playground does that.")
      : null,
    el("input", { class: "dialog-link", readonly: true, value: link, "aria-label": site === null ? "End of the link" : "Link", on: { focus: (event: Event) => (event.target as HTMLInputElement).select() } }),
    el(
      "div",
      { class: "dialog-foot" },
      copyButton(site === null ? "Copy the end of the link" : "Copy the link", () => link, tell, { class: "primary" }),
      el("span", { class: "muted" }, `${counted(link.length, "character")}.${long}`),
    ),
  );
}
