import { postReportLinksOpenings } from "heed-api";
import { Http, Problem } from "heed-http";

export type Handed = Awaited<ReturnType<typeof postReportLinksOpenings>>;

const kKept = "heed-tab"; // of this tab alone, gone when it is closed

export interface Entry {
  /** A user handed over by an app. */
  handed?: Handed;
  /** Whoever has the link to one case. */
  guest?: { case_id: string; key: string };
  /** Whoever acts for somebody else without an account: with the link, which opens once, and the token that it gave. Without a
   *  token it waits at the door (door.ts), as `spent` once it has opened. */
  delegate?: { link: string; token?: string; spent?: boolean };
  /** What the address says besides. */
  hash: URLSearchParams;
  /** The link had a code that no longer works. */
  refused: boolean;
}

/** Reads what stands behind the # and takes it out of the address, so that it is in no history and on no screenshot. A
 *  reload of the tab finds it again. */
export async function enter(): Promise<Entry> {
  const hash = new URLSearchParams(location.hash.slice(1));
  const code = hash.get("code"), case_id = hash.get("case"), key = hash.get("key");
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  const kept = JSON.parse(sessionStorage.getItem(kKept) ?? "{}") as Partial<Entry>;
  let entry: Entry = { hash, refused: false };
  if (code) {
    try {
      entry.handed = await postReportLinksOpenings(new Http(location.origin, () => ""), { code });
    } catch (error) {
      entry.refused = error instanceof Problem;
      if (!entry.refused) throw error;
    }
  } else if (case_id && key) {
    entry.guest = { case_id, key };
  } else if (hash.has("delegation") && key) {
    entry.delegate = kept.delegate?.link === key ? kept.delegate : { link: key };
  } else {
    entry = { ...kept, hash, refused: false };
  }
  keep(entry);
  return entry;
}

export function keep(entry: Pick<Entry, "handed" | "guest" | "delegate">): void {
  const { handed, guest, delegate } = entry;
  if (handed || guest || delegate) sessionStorage.setItem(kKept, JSON.stringify({ handed, guest, delegate }));
}

/** Nothing but a sentence: the page has no more to show. */
export function say(title: string, words: string): void {
  const heading = document.createElement("h1"), text = document.createElement("p");
  heading.textContent = title;
  text.textContent = words;
  text.setAttribute("role", "alert");
  document.querySelector("main")!.replaceChildren(heading, text);
}
