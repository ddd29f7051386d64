// <heed-second-look-page>: a post that somebody else has decided, judged again without knowing what they said.
import { postSecondLooks, postSecondLooksIdAnswer, type Item } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { base } from "../shared/style.js";
import { fill } from "../shared/words.js";
import { words_for, type Clause, type Desk } from "./desk.js";
import type { Command } from "./keys.js";
import { plain, post_alone } from "./post_row.js";
import { suggested_clause } from "./post.js";
import type { Shift } from "./shift.js";
import { console_style } from "./style.js";
import { texts } from "./texts.js";

type Look = NonNullable<Awaited<ReturnType<typeof postSecondLooks>>>;
type Told = Awaited<ReturnType<typeof postSecondLooksIdAnswer>>;
type Outcome = "violation" | "no_violation";

export class HeedSecondLookPage extends LitElement {
  static override properties = {
    look: { state: true }, clauses: { state: true }, clause: { state: true }, told: { state: true }, said: { state: true }, opened: { state: true }, none: { state: true }, fault: { state: true }, busy: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 45rem;
        margin-inline: auto;
        padding: 1rem;
      }
    `,
  ];

  desk!: Desk;
  shift!: Shift;
  declare private look?: Look;
  declare private clauses: Clause[];
  declare private clause: string;
  declare private told?: Told;
  declare private said: Outcome | "";
  declare private opened: boolean;
  declare private none: boolean;
  declare private fault: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.clauses = [];
    this.clause = this.said = this.fault = "";
    this.opened = this.none = this.busy = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.take();
  }

  private get item(): Item | undefined {
    const look = this.look;
    return look ? ({ ...look, item_id: look.look_id, state: "open" } as unknown as Item) : undefined;
  }
  private async take(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = this.said = "";
    this.told = this.look = undefined;
    this.none = this.opened = false;
    try {
      this.clauses = await this.desk.clauses();
      const look = await postSecondLooks(this.desk.http, this.shift.spares().always);
      this.look = look ?? undefined;
      this.none = !look;
      const item = this.item;
      if (item) {
        const clause = suggested_clause(item);
        this.clause = this.clauses.some((one) => one.id === clause) ? clause : "";
        if (!this.shift.behind(item)) this.shift.saw(item);
      }
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h1")?.focus();
  }
  private async answer(outcome: Outcome): Promise<void> {
    if (this.busy || !this.look || this.told) return;
    if (outcome === "violation" && !this.clause) {
      this.fault = texts.need_clause;
      this.renderRoot.querySelector<HTMLElement>("#clause")?.focus();
      return;
    }
    this.busy = true;
    this.fault = "";
    try {
      this.told = await postSecondLooksIdAnswer(this.desk.http, this.look.look_id, outcome === "violation" ? { outcome, clause: this.clause } : { outcome });
      this.said = outcome;
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#next")?.focus();
  }
  private open(): void {
    this.opened = true;
    if (this.item) this.shift.saw(this.item);
  }

  commands(): Command[] {
    const m = texts, open = Boolean(this.look) && !this.told && !this.busy;
    return [
      { keys: ["d"], name: m.key_violation, does: () => void this.answer("violation"), off: !open },
      { keys: ["n"], name: m.key_no_violation, does: () => void this.answer("no_violation"), off: !open },
      { keys: ["o"], name: m.key_open, does: () => this.open(), off: !open || this.opened },
      { keys: ["c"], name: m.key_next_look, does: () => void this.take(), off: !this.told },
    ];
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<h1 tabindex="-1">${m.second_look}</h1>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      ${this.none ? html`<p>${m.second_look_none}</p><a class="button" href="#/queue">${m.to_queue}</a>` : this.look ? this.post() : this.fault ? nothing : html`<p role="status">${m.loading}</p>`}`;
  }
  private post(): TemplateResult {
    const m = texts, item = this.item!, behind = this.shift.behind(item) && !this.opened;
    return html`<p class="small quiet">${m.second_look_text}</p>
      ${behind ? html`<p class="card">${m.second_look_hidden} <button type="button" class="plain" @click=${() => this.open()}>${m.show_words}<kbd>o</kbd></button></p>` : post_alone(item, (id) => this.clauses.find((one) => one.id === id)?.title ?? id)}
      <div role="status">${this.told ? this.answered(this.told) : nothing}</div>
      ${this.told
        ? html`<div class="buttons"><button type="button" id="next" class="main" @click=${() => this.take()}>${m.key_next_look}<kbd>c</kbd></button><a class="button" href="#/queue">${m.to_queue}</a></div>`
        : html`<label for="clause">${m.clause}</label>
            <select id="clause" @change=${(event: Event) => (this.clause = (event.target as HTMLSelectElement).value)}>
              <option value="" ?selected=${!this.clause}>${m.clause_choose}</option>
              ${this.clauses.map((one) => html`<option value=${one.id} ?selected=${one.id === this.clause}>${one.title}</option>`)}
            </select>
            <div class="buttons">
              <button type="button" ?disabled=${this.busy} @click=${() => this.answer("violation")}>${m.violation}<kbd>d</kbd></button>
              <button type="button" ?disabled=${this.busy} @click=${() => this.answer("no_violation")}>${m.no_violation}<kbd>n</kbd></button>
            </div>`}`;
  }
  private answered(told: Told): TemplateResult {
    const m = texts;
    if (told.kind !== "golden") return html`<p class="note">${m.second_look_thanks}</p>`;
    const right = told.outcome === "violation" ? fill(m.was_violation, { clause: told.clause_title ?? told.clause ?? "" }) : m.no_violation;
    return html`<p class="note"><strong>${told.as_known ? m.golden_alike : m.golden_other}</strong> ${told.as_known ? nothing : fill(m.golden_right, { right })}</p>
      ${told.why ? html`<div class="theirs" dir="auto">${plain(told.why, Infinity)}</div>` : nothing}`;
  }
}
