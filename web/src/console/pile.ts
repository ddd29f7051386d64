// <heed-pile>: the posts of a case as one list, of which only what is near the window is in the page. Heights are
// measured as posts come by; what was not seen yet counts with the mean of what was.
import type { Item } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { post_row, type RowState } from "./post_row.js";
import { row_style } from "./row_style.js";
import { console_style } from "./style.js";
import { texts } from "./texts.js";

const kAround = 6; // rows beyond the window, each side
const kGuess = 130;

export class HeedPile extends LitElement {
  static override properties = {
    items: { attribute: false }, current: { type: Number }, total: { type: Number }, selected: { attribute: false }, state_of: { attribute: false }, shown: { attribute: false },
    first: { state: true }, last: { state: true },
  };
  static override styles = [
    base, console_style, row_style,
    css`
      :host {
        block-size: 100%;
      }
      .scroller {
        block-size: 100%;
        overflow-y: auto;
        overflow-anchor: none;
        overscroll-behavior: contain;
        contain: strict;
        min-block-size: 16rem;
      }
      .empty {
        padding: 0.5rem 0.75rem;
      }
    `,
  ];

  declare items: Item[];
  declare current: number;
  /** How many there will be, loaded or not. */
  declare total: number;
  declare selected: ReadonlySet<string>;
  declare state_of: (item: Item, place: number) => RowState;
  /** What `state_of` depends on besides; another value draws the rows again. */
  declare shown: unknown;
  declare private first: number;
  declare private last: number;
  private heights = new Map<string, number>();
  private sum = 0;
  /** Where each row begins; made anew when a height or the list changed. */
  private tops: number[] = [0];
  private stale = true;
  private waiting = 0;
  private sizes?: ResizeObserver;
  private watched = new Set<Element>();

  constructor() {
    super();
    this.items = [];
    this.current = 0;
    this.total = 0;
    this.selected = new Set();
    this.state_of = () => ({}) as RowState;
    this.first = 0;
    this.last = 12;
  }

  private get scroller(): HTMLElement | null {
    return this.renderRoot.querySelector(".scroller");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes = new ResizeObserver(() => this.measure());
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes?.disconnect();
    this.watched.clear();
    cancelAnimationFrame(this.waiting);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("items")) this.stale = true;
  }
  override updated(): void {
    if (this.stale) this.place();
    const scroller = this.scroller;
    if (scroller && this.sizes) {
      const now = new Set<Element>(scroller.querySelectorAll("article"));
      for (const row of this.watched) if (!now.has(row)) this.sizes.unobserve(row);
      for (const row of now) if (!this.watched.has(row)) this.sizes.observe(row);
      this.watched = now;
    }
    this.space();
    this.look();
  }

  private place(): void {
    this.stale = false;
    const guess = this.heights.size ? this.sum / this.heights.size : kGuess;
    const tops = new Array<number>(this.items.length + 1);
    let at = 0;
    for (let i = 0; i < this.items.length; ++i) {
      tops[i] = at;
      at += this.heights.get(this.items[i]!.item_id) ?? guess;
    }
    tops[this.items.length] = at;
    this.tops = tops;
  }
  private space(): void {
    const above = this.renderRoot.querySelector<HTMLElement>(".above"), below = this.renderRoot.querySelector<HTMLElement>(".below");
    if (!above || !below) return;
    const last = Math.min(this.last, this.items.length);
    above.style.height = `${this.tops[Math.min(this.first, this.items.length)] ?? 0}px`;
    below.style.height = `${(this.tops[this.items.length] ?? 0) - (this.tops[last] ?? 0)}px`;
  }

  /** The rows tell their heights; what is above the window must not push what is read. */
  private measure(): void {
    const scroller = this.scroller;
    if (!scroller) return;
    let shift = 0;
    for (const row of scroller.querySelectorAll<HTMLElement>("article")) {
      const id = row.dataset["id"]!, height = row.offsetHeight, before = this.heights.get(id);
      if (before === height || height === 0) continue;
      const i = this.items.findIndex((item) => item.item_id === id);
      if (i >= 0 && (this.tops[i + 1] ?? 0) <= scroller.scrollTop) shift += height - (this.tops[i + 1]! - this.tops[i]!);
      this.heights.set(id, height);
      this.sum += height - (before ?? 0);
      this.stale = true;
    }
    if (!this.stale) return;
    this.place();
    this.space();
    if (shift) scroller.scrollTop += shift;
    this.look();
  }

  /** Which rows the window shows now. */
  private look(): void {
    const scroller = this.scroller;
    if (!scroller) return;
    const top = scroller.scrollTop, bottom = top + scroller.clientHeight;
    const shown_first = this.row_at(top), shown_last = Math.min(this.items.length, this.row_at(bottom) + 1);
    const first = Math.max(0, shown_first - kAround), last = Math.min(this.items.length, shown_last + kAround);
    if (this.items.length) this.dispatchEvent(new CustomEvent("window", { detail: this.items.slice(shown_first, shown_last) }));
    if (first !== this.first || last !== this.last) {
      this.first = first;
      this.last = last;
    }
    if (last >= this.items.length - 50 && this.items.length < this.total) this.dispatchEvent(new CustomEvent("more"));
  }
  private row_at(y: number): number {
    let low = 0, high = this.items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle]! <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  private scrolled = (): void => {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.look());
  };

  /** Brings a row into the window and gives it the keyboard. */
  async go(place: number): Promise<void> {
    const scroller = this.scroller;
    if (!scroller || !this.items.length) return;
    this.current = Math.max(0, Math.min(place, this.items.length - 1));
    if (this.stale) this.place();
    const top = this.tops[this.current]!, bottom = this.tops[this.current + 1]!;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = Math.min(top, bottom - scroller.clientHeight);
    this.look();
    await this.updateComplete;
    const row = scroller.querySelector<HTMLElement>(`article[aria-posinset="${this.current + 1}"]`);
    row?.focus({ preventScroll: true });
    if (row) {
      // Its height may have been a guess.
      const outside = row.getBoundingClientRect(), inside = scroller.getBoundingClientRect();
      if (outside.top < inside.top) scroller.scrollTop -= inside.top - outside.top;
      else if (outside.bottom > inside.bottom) scroller.scrollTop += Math.min(outside.bottom - inside.bottom, outside.top - inside.top);
    }
  }

  override render(): TemplateResult {
    const first = Math.min(this.first, this.items.length), last = Math.min(this.last, this.items.length);
    return html`<div class="scroller" role=${this.items.length ? "feed" : "region"} tabindex="0" aria-label=${fill(texts.pile_label, { n: this.total })} aria-busy=${this.items.length < this.total} @scroll=${this.scrolled}>
      <div class="above"></div>
      ${this.items.length ? nothing : html`<p class="quiet empty">${texts.no_posts}</p>`}
      ${repeat(
        this.items.slice(first, last),
        (item) => item.item_id,
        (item, i) => post_row(item, first + i, this.total, this.state_of(item, first + i)),
      )}
      <div class="below"></div>
    </div>`;
  }
}
