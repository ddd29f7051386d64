// What the reviewer chose for themselves, and what this shift has asked of them. Kept in this browser only: how much
// somebody can bear is nobody else's business.
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

/** Never shown by itself, whatever somebody chose. */
const kSealed = ["child_safety"];
const kGrave = 70, kGraveInARow = 40;
const kMilder = 60, kMildest = 40; // the gravest severity that is offered instead
const kNewShiftAfter = 4 * 3600_000;
const kIdle = 5 * 60_000;

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
    this.keep();
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
    } else if (now - this.touched > 15 * 60_000) {
      this.since_break = 0;
    }
    this.last = now;
    this.keep();
  }
  rested(): void {
    this.since_break = 0;
    this.last = this.touched = Date.now();
    this.keep();
  }
  get break_due(): boolean {
    return this.choices.break_after > 0 && this.since_break >= this.choices.break_after * 60_000;
  }

  /** This post's words are on the screen. */
  saw(item: Item): void {
    if (this.known.has(item.item_id)) return;
    this.known.add(item.item_id);
    this.seen++;
    if ((item.severity ?? 0) >= kGrave) this.grave++;
    const category = item.category || "none";
    this.by_category[category] = (this.by_category[category] ?? 0) + 1;
    this.changed();
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
