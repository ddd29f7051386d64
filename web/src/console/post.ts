// What a piece of frozen evidence says, as the console shows it. Whatever is missing or of another shape is left out.
import type { Item } from "heed-api";

export interface Signal {
  category: string;
  group: string;
  score: number;
  source: string;
  version: string;
  clause: string;
  start: number;
  end: number;
}
export interface Proposal {
  basis: string;
  outcome: string;
  clause?: string;
  clause_title?: string;
  actions: string[];
  source?: string;
  spans: Array<{ start: number; end: number }>;
  decision_id?: string;
  like_item?: string;
  likeness?: number;
}
export interface Version {
  at: string;
  change: string;
  text: string;
}
export interface Above {
  author: string;
  text: string;
}
export interface Post {
  id: string;
  text: string;
  /** Handle when there is one, else the account's id. */
  author: string;
  to: string[];
  url: string;
  /** What the platform says, "en"; "" when it says nothing. */
  language: string;
  versions: Version[];
  thread: Above[];
  media: Array<{ type: string; url: string }>;
  signals: Signal[];
  proposal?: Proposal;
  erased: boolean;
}

type Loose = Record<string, unknown> | undefined;
const text_of = (value: unknown): string => (typeof value === "string" ? value : "");
const list_of = (value: unknown): Loose[] => (Array.isArray(value) ? (value as Loose[]) : []);
const object_of = (value: unknown): Loose => (value && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined);

function name_of(author: unknown): string {
  if (typeof author === "string") return author;
  const one = object_of(author);
  return text_of(one?.["handle"]) || text_of(one?.["id"]);
}

export function read_post(item: Item): Post {
  const evidence = object_of(item.evidence);
  const post: Post = { id: item.id ?? "", text: "", author: "", to: [], url: text_of(evidence?.["url"]), language: "", versions: [], thread: [], media: [], signals: [], erased: !evidence };
  let newest = object_of(evidence?.["snapshot"]);
  for (const version of list_of(evidence?.["versions"])) {
    const told = object_of(version?.["post"]);
    newest = told ?? newest;
    post.versions.push({ at: text_of(version?.["at"]), change: text_of(version?.["change"]), text: text_of(told?.["text"]) });
  }
  if (newest) {
    post.text = text_of(newest["text"]);
    post.author = name_of(newest["author"]);
    const language = text_of(newest["lang"]);
    if (/^[A-Za-z0-9-]{2,35}$/.test(language)) post.language = language;
    post.to = (Array.isArray(newest["mentions"]) ? (newest["mentions"] as unknown[]) : []).map(text_of).filter(Boolean);
    post.media = list_of(newest["media"]).map((one) => ({ type: text_of(one?.["type"]), url: text_of(one?.["url"]) }));
  }
  for (const above of list_of(evidence?.["thread"])) post.thread.push({ author: name_of(above?.["author"]), text: text_of(above?.["text"]) });
  for (const signal of list_of(evidence?.["signals"])) {
    const span = object_of(signal?.["span"]);
    post.signals.push({
      category: text_of(signal?.["category"]), group: text_of(signal?.["group"]), score: Number(signal?.["score"] ?? 0), source: text_of(signal?.["source"]),
      version: text_of(signal?.["version"]), clause: text_of(signal?.["clause"]), start: Number(span?.["start"] ?? 0), end: Number(span?.["end"] ?? 0),
    });
  }
  post.proposal = object_of((item as { proposal?: unknown }).proposal) as Proposal | undefined;
  return post;
}

const known = new WeakMap<Item, Post>();
export function post_of(item: Item): Post {
  let post = known.get(item);
  if (!post) known.set(item, (post = read_post(item)));
  return post;
}

/** The clause that a machine would think of first: its proposal's, else its strongest signal's. */
export function suggested_clause(item: Item): string {
  const post = post_of(item);
  if (post.proposal?.clause) return post.proposal.clause;
  let best: Signal | undefined;
  for (const signal of post.signals) if (signal.clause && (!best || signal.score > best.score)) best = signal;
  return best?.clause ?? "";
}

/** Open, in this claim, to be decided now. */
export const is_mine = (item: Item, claim: string): boolean => item.state === "open" && Boolean(claim) && item.claim_id === claim;

const kLanes = ["life", "fear", "rest"];
/** The gravest first; what suggests the same rule stands together. Else as it came. */
export const by_harm = (a: Item, b: Item): number =>
  kLanes.indexOf(a.lane ?? "rest") - kLanes.indexOf(b.lane ?? "rest") || (b.severity ?? 0) - (a.severity ?? 0) || suggested_clause(a).localeCompare(suggested_clause(b));

/** Whom most of these posts are aimed at; "" when they are not aimed at one. */
export function target_of(items: Item[]): string {
  const some = items.slice(0, 200), counts = new Map<string, number>();
  for (const item of some) for (const name of post_of(item).to) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [name, n] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return n > 0 && n * 2 >= some.length ? name : "";
}
