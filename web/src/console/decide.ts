// <heed-decide>: one decision on one post or on many; what people will read of it comes first, then it goes out.
import { postCasesIdDecisions, type Item } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill, random_key } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Clause, type Desk } from "./desk.js";
import { post_of, suggested_clause } from "./post.js";
import { console_style } from "./style.js";
import { moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
export type Outcome = "violation" | "no_violation";

interface Told {
  party: number;
  subject: string;
  text: string;
  locale: string;
  not_before: string | null;
}
interface Preview {
  outcomes: number;
  statements: number;
  to_reporters: Told[];
  to_authors: Told[];
  orders: number;
  case_closed: boolean;
  second_person: boolean;
}
/** What was decided, so that it can be taken back. */
export interface Act {
  case_id: string;
  decisions: string[];
  outcome: Outcome;
  clause: string;
  /** Nothing is decided yet: it waits for a second person. */
  proposal?: string;
}

const kEndless = new Set(["none", "remove", "warn"]);
const kDays = [0, 1, 7, 30];

/** The facts that were last written for a clause, offered again: most of a pile rests on the same ones. */
const last_facts = new Map<string, string>();

/** As the platform told it: agreement between people is counted by language. */
const language_of = (item: Item): { language?: string } => (post_of(item).language ? { language: post_of(item).language } : {});

export class HeedDecide extends LitElement {
  static override properties = {
    items: { attribute: false }, clauses: { attribute: false }, case: {}, claim: {},
    outcome: { state: true }, clause: { state: true }, actions: { state: true }, days: { state: true }, ground: { state: true }, facts: { state: true }, note: { state: true },
    preview: { state: true }, fault: { state: true }, busy: { state: true }, touched: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      fieldset {
        margin-block-end: 0.5rem;
      }
      .two {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.25rem;
      }
      .clause {
        border-inline-start: 4px solid var(--line);
        padding-inline-start: 0.75rem;
        margin-block: 0 0.75rem;
      }
      textarea {
        min-block-size: 4.5rem;
      }
      .buttons {
        position: sticky;
        inset-block-end: 0;
        background: var(--paper);
        padding-block: 0.5rem;
        margin-block: 0;
      }
    `,
  ];

  desk!: Desk;
  declare items: Item[];
  declare clauses: Clause[];
  declare case: string;
  declare claim: string;
  declare private outcome: Outcome;
  declare private clause: string;
  declare private actions: string[];
  declare private days: number;
  declare private ground: "terms" | "law";
  declare private facts: string;
  declare private note: string;
  declare private preview?: Preview;
  declare private fault: string;
  declare private busy: boolean;
  /** Chosen by the reviewer: what is suggested no longer replaces it. */
  declare private touched: boolean;
  private key = "";
  /** The facts are the reviewer's own words: no other clause replaces them. */
  private written = false;

  constructor() {
    super();
    this.items = [];
    this.clauses = [];
    this.case = this.claim = this.clause = this.facts = this.note = this.fault = "";
    this.outcome = "violation";
    this.actions = [];
    this.days = 0;
    this.ground = "terms";
    this.busy = this.touched = false;
  }

  get previewing(): boolean {
    return Boolean(this.preview);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("items")) {
      const ids = (list?: Item[]) => (list ?? []).map((item) => item.item_id).join();
      if (ids(changed.get("items") as Item[] | undefined) !== ids(this.items)) {
        this.preview = undefined;
        this.fault = "";
        if (!this.touched) this.suggest();
      }
    }
    if (changed.has("clauses") && !this.clause) this.suggest();
  }

  private get rule(): Clause | undefined {
    return this.clauses.find((clause) => clause.id === this.clause);
  }
  private suggest(): void {
    const item = this.items[0];
    if (!item) return;
    const clause = suggested_clause(item);
    this.choose_clause(this.clauses.some((one) => one.id === clause) ? clause : this.clause || "");
    const proposed = post_of(item).proposal;
    if (proposed?.outcome === "violation" && proposed.clause === this.clause) {
      const permitted = proposed.actions.filter((one) => this.rule?.actions.includes(one));
      if (permitted.length) this.actions = permitted;
    }
  }
  private choose_clause(id: string): void {
    this.clause = id;
    this.ground = "terms";
    const permitted = this.rule?.actions.filter((one) => one !== "none") ?? [];
    this.actions = permitted.includes("remove") ? ["remove"] : permitted.slice(0, 1);
    this.days = 0;
    if (!this.written) this.facts = last_facts.get(id) ?? "";
  }

  /** Opens the form with this outcome and puts the keyboard where something is missing. */
  async begin(outcome: Outcome): Promise<void> {
    this.preview = undefined;
    this.outcome = outcome;
    if (!this.touched) this.suggest();
    await this.updateComplete;
    const place = outcome === "violation" ? (this.clause ? "#facts" : "#clause") : "#note";
    this.renderRoot.querySelector<HTMLElement>(place)?.focus();
  }
  async choose(place: number): Promise<void> {
    const clause = this.clauses[place];
    if (!clause) return;
    this.touched = true;
    this.choose_clause(clause.id);
    await this.begin("violation");
  }
  clear(): void {
    this.preview = undefined;
    this.fault = this.note = "";
    this.touched = this.written = false;
    this.suggest();
  }

  private body(): object {
    const until = this.days ? new Date(Date.now() + this.days * 86_400_000).toISOString() : undefined;
    const actions = this.actions.map((kind) => ({ kind, ...(until && !kEndless.has(kind) ? { until } : {}) }));
    const followed = this.items.length > 0 && this.items.every((item) => {
      const p = post_of(item).proposal;
      return p && p.outcome === this.outcome && (this.outcome === "no_violation" || (p.clause === this.clause && p.actions.join() === this.actions.join()));
    });
    return {
      claim_id: this.claim,
      items: this.items.map((item) =>
        this.outcome === "violation"
          ? { item_id: item.item_id, outcome: "violation", clause: this.clause, ground: this.ground, actions, facts: this.facts.trim(), ...language_of(item) }
          : { item_id: item.item_id, outcome: "no_violation", ...(this.clause ? { clause: this.clause } : {}), ...language_of(item) },
      ),
      ...(this.note.trim() ? { note: this.note.trim() } : {}),
      ...(followed ? { followed_proposal: true } : {}),
    };
  }

  private async ask(event?: Event): Promise<void> {
    event?.preventDefault();
    if (this.busy || !this.items.length) return;
    this.fault = "";
    if (this.outcome === "violation" && (!this.clause || !this.facts.trim())) {
      this.fault = this.clause ? texts.need_facts : texts.need_clause;
      this.renderRoot.querySelector<HTMLElement>(this.clause ? "#facts" : "#clause")?.focus();
      return;
    }
    this.busy = true;
    try {
      this.preview = await this.desk.http.call<Preview>("POST", `/v1/cases/${encodeURIComponent(this.case)}/decisions/preview`, { body: this.body() });
      this.key = random_key();
      this.busy = false;
      await this.updateComplete;
      // Seen from its beginning; what sends it stays in sight below.
      this.renderRoot.querySelector<HTMLElement>("#send")?.focus({ preventScroll: true });
      this.dispatchEvent(new CustomEvent("shown"));
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }

  private async send(): Promise<void> {
    if (this.busy || !this.preview) return;
    this.busy = true;
    this.fault = "";
    try {
      const body = this.body() as Parameters<typeof postCasesIdDecisions>[2];
      // The same key: whether or not the answer arrives, it is decided once.
      const made = await postCasesIdDecisions(this.desk.http, this.case, body, { key: this.key });
      if (this.outcome === "violation") last_facts.set(this.clause, this.facts.trim());
      const act: Act = { case_id: this.case, decisions: made.decisions, outcome: this.outcome, clause: this.clause, ...(made.proposal_id ? { proposal: made.proposal_id } : {}) };
      const items = this.items;
      this.clear();
      this.dispatchEvent(new CustomEvent("decided", { detail: { act, items, closed: made.case_closed } }));
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }

  /** Ctrl+Enter: the next step, whichever it is. */
  async next(): Promise<void> {
    await (this.preview ? this.send() : this.ask());
  }
  /** Escape: one step back; false when there is none. */
  async back(): Promise<boolean> {
    if (!this.preview) return false;
    this.preview = undefined;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#ask")?.focus();
    return true;
  }

  override render(): TemplateResult {
    const m = texts, n = this.items.length;
    const fault = html`<div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>`;
    if (!n) return html`<h2>${m.decide}</h2><p class="quiet">${m.nothing_selected}</p>${fault}`;
    const head = html`<h2>${n === 1 ? m.decide_one : fill(m.decide_many, { n: number(n) })}</h2>`;
    return this.preview ? html`${head}${this.shown(this.preview)}${fault}` : html`${head}${this.form()}${fault}`;
  }

  private form(): TemplateResult {
    const m = texts, violation = this.outcome === "violation", rule = this.rule;
    const pick = (outcome: Outcome) => html`<label class="check"
      ><input type="radio" name="outcome" .checked=${this.outcome === outcome} @change=${() => (this.outcome = outcome)} />${outcome === "violation" ? m.violation : m.no_violation}</label
    >`;
    const act = (kind: string) => html`<label class="check"
      ><input
        type="checkbox" .checked=${this.actions.includes(kind)}
        @change=${(event: Event) => {
          const on = (event.target as HTMLInputElement).checked;
          this.touched = true;
          this.actions = on ? [...this.actions, kind] : this.actions.filter((one) => one !== kind);
        }}
      />${word("action", kind)}</label
    >`;
    return html`<form @submit=${this.ask} class=${this.busy ? "busy" : ""}>
      <fieldset><legend class="aside">${m.outcome}</legend><div class="two">${pick("violation")} ${pick("no_violation")}</div></fieldset>
      <label for="clause">${violation ? m.clause : m.clause_checked}</label>
      <select
        id="clause"
        @change=${(event: Event) => {
          this.touched = true;
          this.choose_clause((event.target as HTMLSelectElement).value);
        }}>
        <option value="" ?selected=${!this.clause}>${violation ? m.clause_choose : m.clause_any}</option>
        ${this.clauses.map((clause, i) => html`<option value=${clause.id} ?selected=${clause.id === this.clause}>${i < 9 ? `${i + 1} ` : ""}${clause.title}</option>`)}
      </select>
      ${rule
        ? html`<div class="clause small">
            <p>${rule.text}</p>
            ${rule.law ? html`<p class="quiet">${fill(m.law, { law: rule.law })}</p>` : nothing}
          </div>`
        : nothing}
      ${violation
        ? html`${rule
              ? html`<fieldset>
                  <legend>${m.actions}</legend>
                  <div class="two">${rule.actions.filter((kind) => kind !== "none").map(act)}</div>
                  ${this.actions.length ? nothing : html`<p class="small">${m.no_action_chosen}</p>`}
                </fieldset>
                ${this.actions.some((kind) => !kEndless.has(kind))
                  ? html`<label for="days">${m.until}</label>
                      <select id="days" @change=${(event: Event) => (this.days = Number((event.target as HTMLSelectElement).value))}>
                        ${kDays.map((days) => html`<option value=${days} ?selected=${days === this.days}>${days ? fill(m.days, { n: days }) : m.for_good}</option>`)}
                      </select>`
                  : nothing}
                ${rule.law
                  ? html`<fieldset><legend>${m.ground}</legend><div class="two">
                      ${(["terms", "law"] as const).map((ground) => html`<label class="check"><input type="radio" name="ground" .checked=${this.ground === ground} @change=${() => (this.ground = ground)} />${word("ground", ground)}</label>`)}
                    </div></fieldset>`
                  : nothing}`
              : nothing}
            <label for="facts">${m.facts}</label>
            <span class="hint" id="facts-hint">${m.facts_hint}</span>
            <textarea id="facts" rows="3" maxlength="5000" aria-describedby="facts-hint" .value=${this.facts}
              @input=${(event: Event) => {
                this.facts = (event.target as HTMLTextAreaElement).value;
                this.written = Boolean(this.facts.trim());
              }}></textarea>`
        : nothing}
      <label for="note">${m.note}</label>
      <textarea id="note" rows="2" maxlength="5000" .value=${this.note} @input=${(event: Event) => (this.note = (event.target as HTMLTextAreaElement).value)}></textarea>
      <div class="buttons"><button id="ask" class="main" ?disabled=${this.busy}>${m.see_first}<kbd>Ctrl + Enter</kbd></button></div>
    </form>`;
  }

  private shown(preview: Preview): TemplateResult {
    const m = texts;
    const told = (one: Told): View => html`${one.not_before ? html`<p class="small">${fill(m.not_before, { time: moment(one.not_before) })}</p>` : nothing}
      <div class="told small" dir="auto" lang=${one.locale || nothing} tabindex="0" role="group" aria-label=${one.subject || m.what_they_read}><strong>${one.subject}</strong>
${one.text}</div>`;
    const more = (all: number, list: Told[]) => (all > list.length ? html`<p class="small">${fill(m.and_more, { n: number(all - list.length) })}</p>` : nothing);
    return html`<p>
        <strong>${this.outcome === "violation" ? `${m.violation}: ${this.rule?.title ?? ""}` : m.no_violation}</strong><br />
        ${this.outcome === "violation" ? this.actions.map((kind) => word("action", kind)).join(", ") || m.no_action : nothing}
        ${preview.case_closed && !preview.second_person ? html`<br />${m.closes_case}` : nothing}
      </p>
      ${preview.second_person ? html`<p class="note">${m.takes_two}</p>` : nothing}
      <h3>${fill(m.to_reporters, { n: number(preview.outcomes) })}</h3>
      ${preview.to_reporters.map(told)} ${more(preview.outcomes, preview.to_reporters)}
      <h3>${fill(m.to_authors, { n: number(preview.statements) })}</h3>
      ${preview.statements ? nothing : html`<p class="small">${m.no_statement}</p>`} ${preview.to_authors.map(told)} ${more(preview.statements, preview.to_authors)}
      <div class="buttons">
        <button type="button" id="send" class="main" ?disabled=${this.busy} @click=${() => this.send()}>${preview.second_person ? m.propose : m.send}<kbd>Enter</kbd></button>
        <button type="button" ?disabled=${this.busy} @click=${() => this.back()}>${m.change}<kbd>Esc</kbd></button>
      </div>`;
  }
}
