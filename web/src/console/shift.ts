// What the reviewer chose for themselves, kept in this browser only; and what this shift has asked of them, counted by
// the server across browsers and sessions and shown to nobody else: how much somebody can bear is their own business.
import type { Http } from "heed-http";
import { post_of } from "./post.js";
import type { KeptView } from "./views.js";
import type { Item } from "heed-api";

export interface Choices {
  theme: "" | "light" | "dark";
  /** Posts stay behind their description until opened. */
  collapse: boolean;
  /** Categories of which nothing is opened by itself. */
  avoid: string[];
  /** Minutes of work after which a break is offered; 0: never. */
  break_after: number;
  /** Single keys work; without, only keys with Ctrl. */
  keys: boolean;
  /** Posts of the categories in `avoid` are not offered either. */
  skip: boolean;
  /** After so many posts in a shift only milder ones are offered; 0: never. */
  cap: number;
  /** After many grave posts in a row the next case is a milder one. */
  rotate: boolean;
  /** Pictures that parties added, when asked for: blurred, without colour. */
  blur: boolean;
  grey: boolean;
  /** Views of queues, by name. */
  views: KeptView[];
}
/** What a claim leaves out. */
export interface Spares {
  avoid?: string[];
  severity_max?: number;
}
interface Kept {
  choices: Choices;
  began: number;
  active: number;
  since_break: number;
  seen: number;
  decided: number;
  grave: number;
  by_category: Record<string, number>;
  last: number;
}

/** What the server does not know yet. */
interface More {
  active_ms: number;
  seen: number;
  decided: number;
  grave: number;
  by_category: Record<string, number>;
  rested?: boolean;
  milder?: boolean;
  anew?: boolean;
}
interface Counted {
  began_at: string;
  active_ms: number;
  since_break_ms: number;
  seen: number;
  decided: number;
  grave: number;
  by_category: Record<string, number>;
}
const none = (): More => ({ active_ms: 0, seen: 0, decided: 0, grave: 0, by_category: {} });

/** Never shown by itself, whatever somebody chose. */
const kSealed = ["child_safety"];
const kGrave = 70, kGraveInARow = 40;
const kMilder = 60, kMildest = 40; // the gravest severity that is offered instead
const kNewShiftAfter = 4 * 3600_000;
const kIdle = 5 * 60_000;
const kTellEvery = 30_000;

export class Shift {
  choices: Choices = { theme: "", collapse: false, avoid: [], break_after: 50, keys: true, skip: false, cap: 0, rotate: false, blur: true, grey: true, views: [] };
  began = Date.now();
  active = 0;
  since_break = 0;
  seen = 0;
  decided = 0;
  /** Grave posts seen since the last milder case. */
  grave = 0;
  by_category: Record<string, number> = {};
  /** Something counted has changed. */
  changed: () => void = () => undefined;
  private last = Date.now();
  private touched = Date.now();
  private known = new Set<string>();
  private name = "";
  private more = none();
  private told = 0;
  private telling = false;
  private counted = false;
  private http?: Http;

  /** Those of this person in this browser; a pause of four hours begins a new shift. */
  open(staff: string): void {
    this.name = `heed-console-${staff}`;
    try {
      const kept = JSON.parse(localStorage.getItem(this.name) ?? "{}") as Partial<Kept>;
      Object.assign(this.choices, kept.choices ?? {});
      if (kept.last && Date.now() - kept.last < kNewShiftAfter) {
        this.began = kept.began ?? this.began;
        this.active = kept.active ?? 0;
        this.since_break = kept.since_break ?? 0;
        this.seen = kept.seen ?? 0;
        this.decided = kept.decided ?? 0;
        this.grave = kept.grave ?? 0;
        this.by_category = kept.by_category ?? {};
      }
    } catch {
      // Nothing kept, or nothing that is ours.
    }
    this.last = Date.now();
  }
  /** The counts of other browsers and sessions come in, and from now on what happens here goes out. */
  async count_with(http: Http): Promise<void> {
    this.http = http;
    try {
      this.take(await http.call<Counted>("GET", "/v1/shift"));
    } catch {
      // Counted here alone until the server answers.
    }
  }
  private take(counted: Counted): void {
    const { more } = this, began = Date.parse(counted.began_at);
    // Of the time at work here this page knows better; of a shift that began anew elsewhere it knows nothing.
    const anew = this.counted && began > this.began + 60_000;
    this.active = Math.max(anew ? 0 : this.active, counted.active_ms + more.active_ms);
    this.since_break = more.rested ? 0 : Math.max(anew ? 0 : this.since_break, counted.since_break_ms + more.active_ms);
    this.began = began;
    this.counted = true;
    this.seen = counted.seen + more.seen;
    this.decided = counted.decided + more.decided;
    this.grave = more.milder ? more.grave : counted.grave + more.grave;
    this.by_category = { ...counted.by_category };
    for (const [category, n] of Object.entries(more.by_category)) this.by_category[category] = (this.by_category[category] ?? 0) + n;
    this.keep();
    this.changed();
  }
  /** Tells the server what it does not know; what does not arrive is told the next time. */
  async tell(): Promise<void> {
    const { http, more } = this;
    if (!http || this.telling || !(more.active_ms || more.seen || more.decided || more.rested || more.milder || more.anew)) return;
    this.telling = true;
    this.told = Date.now();
    this.more = none();
    try {
      const counted = await http.call<Counted>("POST", "/v1/shift", { body: { ...more, active_ms: Math.round(more.active_ms) } });
      this.take(counted);
    } catch {
      const since = this.more;
      this.more = { ...more, ...since, active_ms: more.active_ms + since.active_ms, seen: more.seen + since.seen, decided: more.decided + since.decided, grave: since.milder ? since.grave : more.grave + since.grave, by_category: { ...more.by_category } };
      for (const [category, n] of Object.entries(since.by_category)) this.more.by_category[category] = (this.more.by_category[category] ?? 0) + n;
    } finally {
      this.telling = false;
    }
  }
  keep(): void {
    if (!this.name) return;
    const { choices, began, active, since_break, seen, decided, grave, by_category } = this;
    try {
      localStorage.setItem(this.name, JSON.stringify({ choices, began, active, since_break, seen, decided, grave, by_category, last: Date.now() } satisfies Kept));
    } catch {
      // A browser that keeps nothing: the shift lasts as long as the page.
    }
  }
  begin_anew(): void {
    this.began = Date.now();
    this.active = this.since_break = this.seen = this.decided = this.grave = 0;
    this.by_category = {};
    this.known.clear();
    this.more = { ...none(), anew: true };
    this.keep();
    void this.tell();
  }

  touch(): void {
    this.touched = Date.now();
  }
  /** Time goes by; nobody at the keys is nobody at work. */
  tick(): void {
    const now = Date.now();
    if (now - this.touched < kIdle) {
      this.active += now - this.last;
      this.since_break += now - this.last;
      this.more.active_ms += now - this.last;
    } else if (now - this.touched > 15 * 60_000 && this.since_break > 0) {
      this.since_break = 0;
      this.more.rested = true;
    }
    this.last = now;
    this.keep();
    if (now - this.told >= kTellEvery) void this.tell();
  }
  rested(): void {
    this.since_break = 0;
    this.more.rested = true;
    this.last = this.touched = Date.now();
    this.keep();
    void this.tell();
  }
  get break_due(): boolean {
    return this.choices.break_after > 0 && this.since_break >= this.choices.break_after * 60_000;
  }

  /** This post's words are on the screen. */
  saw(item: Item): void {
    if (this.known.has(item.item_id)) return;
    this.known.add(item.item_id);
    const grave = (item.severity ?? 0) >= kGrave ? 1 : 0, category = item.category || "none";
    this.seen++;
    this.grave += grave;
    this.by_category[category] = (this.by_category[category] ?? 0) + 1;
    this.more.seen++;
    this.more.grave += grave;
    this.more.by_category[category] = (this.more.by_category[category] ?? 0) + 1;
    this.changed();
  }
  did(decisions: number): void {
    this.decided += decisions;
    this.more.decided += decisions;
    this.keep();
    void this.tell();
  }
  /** A milder case came: grave posts are counted anew. */
  eased(): void {
    this.grave = this.more.grave = 0;
    this.more.milder = true;
    this.keep();
  }
  /** So many posts were seen in this shift as somebody set for themselves. */
  get capped(): boolean {
    return this.choices.cap > 0 && this.seen >= this.choices.cap;
  }
  /** What the next claim leaves out: always, and first of all where something else waits. */
  spares(): { always: Spares; first?: Spares } {
    const { skip, avoid, rotate } = this.choices;
    const always: Spares = { ...(skip && avoid.length ? { avoid } : {}), ...(this.capped ? { severity_max: kMildest } : {}) };
    return rotate && !this.capped && this.grave >= kGraveInARow ? { always, first: { ...always, severity_max: kMilder } } : { always };
  }
  /** The words of this post are shown only when asked for. */
  behind(item: Item): boolean {
    return this.avoids([item.category ?? "", ...post_of(item).signals.map((signal) => signal.category)]);
  }
  /** Words of one of these categories are shown only when asked for. */
  avoids(categories: string[]): boolean {
    return this.choices.collapse || categories.some((category) => kSealed.includes(category) || this.choices.avoid.includes(category));
  }
}
