/** "Share": the link, what is in it, and how long it is. */
import { copyButton } from "../look/controls";
import { openDialog } from "../look/dialog";
import { counted, el } from "../look/dom";

/** Links longer than this are cut off by some chat programs. */
const LONG = 8000;

export interface Sharing {
  /** The whole address. */
  link: string;
  /** The example's title, if the link only names it. */
  example: string | null;
  events: number;
}

/** `isLocal`: the address is that of the reader's own machine. */
export function showShare({ link, example, events }: Sharing, isLocal: boolean, tell: (message: string) => void): void {
  const long = link.length > LONG ? " Some chat programs cut off links of this length: keep fewer events, or send the files." : "";
  openDialog(
    "Share by link",
    el(
      "p",
      {},
      example === null
        ? `The mapping and ${events === 1 ? "the event" : `all ${counted(events, "event")}`} are in the link: whoever has it can read them. They are behind the #, which browsers do not send to a server.`
        : `This link names the example “${example}”: nothing else is in it.`,
    ),
    isLocal
      ? el("p", {}, "This address is your own machine's, and works while telemap playground runs. For others, put what begins with # behind the address of a playground that they can open, such as the one in your copy of the documentation.")
      : "",
    el("input", { class: "dialog-link", readonly: true, value: link, "aria-label": "Link", on: { focus: (event: Event) => (event.target as HTMLInputElement).select() } }),
    el(
      "div",
      { class: "dialog-foot" },
      copyButton("Copy the link", () => link, tell, { class: "primary" }),
      isLocal ? copyButton("Copy from # on", () => link.slice(link.indexOf("#")), tell) : "",
      el("span", { class: "muted" }, `${counted(link.length, "character")}.${long}`),
    ),
  );
}
