// <heed-search-page>: cases by number, by words of their posts, by the people in them.
import { getCases, postSearches, type SearchHit, type WholeCase } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import type { Shift } from "./shift.js";
import { pieces } from "./spans.js";
import { console_style } from "./style.js";
import { moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Kind = "number" | "posts" | "people";
interface Asked {
  kind: Kind;
  words: string;
  all: boolean;
}

/** What was asked last: kept while the page is open, in no address and on no disk. */
let kept: { asked: Asked; hits: SearchHit[]; cases: WholeCase[]; next?: string; looked: number; back_to: string | null } | undefined;

export class HeedSearchPage extends LitElement {
  static override properties = {
    asked: { state: true }, hits: { state: true }, cases: { state: true }, next: { state: true }, busy: { state: true }, fault: { state: true }, said: { state: true }, opened: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 60rem;
        margin-inline: auto;
        padding: 1rem;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 0.75rem;
        align-items: end;
      }
      form > div {
        flex: 1 1 14rem;
      }
      form select {
        inline-size: 100%;
      }
      fieldset {
        border: 0;
        padding: 0;
        margin: 0;
      }
      ol {
        list-style: none;
        padding: 0;
      }
      .text {
        white-space: pre-wrap;
        unicode-bidi: isolate;
        max-block-size: 12rem;
        overflow: auto;
      }
      mark {
        background: transparent;
        color: inherit;
        font-weight: 700;
        text-decoration: underline 2px;
      }
    `,
  ];

  desk!: Desk;
  shift!: Shift;
  declare private asked: Asked;
  declare private hits: SearchHit[];
  declare private cases: WholeCase[];
  declare private next?: string;
  declare private busy: boolean;
  declare private fault: string;
  declare private said: string;
  declare private opened: ReadonlySet<string>;
  private looked = 0;
  private back_to: string | null = null;

  constructor() {
    super();
    this.asked = { kind: "posts", words: "", all: false };
    this.hits = [];
    this.cases = [];
    this.busy = false;
    this.fault = this.said = "";
    this.opened = new Set();
    if (kept) {
      this.asked = kept.asked;
      this.hits = kept.hits;
      this.cases = kept.cases;
      this.next = kept.next;
      this.looked = kept.looked;
      this.back_to = kept.back_to;
      this.said = this.so_far();
    }
  }
  /** Nothing of it outlives the session. */
  static forget(): void {
    kept = undefined;
  }

  private so_far(): string {
    const m = texts, n = this.hits.length + this.cases.length;
    if (this.asked.kind === "number") return fill(m.search_found, { n: number(n) });
    return fill(this.next ? m.search_so_far : m.search_whole, {
      n: number(n), looked: number(this.looked), since: moment(this.back_to) || "–",
    });
  }

  private async search(event: Event): Promise<void> {
    event.preventDefault();
    const field = (id: string) => this.renderRoot.querySelector<HTMLInputElement & HTMLSelectElement>(id)!;
    const words = field("#words").value.trim();
    if (!words) return field("#words").focus();
    const kind = /^(H-[0-9A-Z]{4}-[0-9A-Z]{4}|cas_[0-9A-Z]{26})$/i.test(words) ? "number" : (field("#kind").value as Kind);
    this.asked = { kind, words, all: field("#all").checked };
    this.hits = [];
    this.cases = [];
    this.next = undefined;
    this.looked = 0;
    this.back_to = null;
    this.said = "";
    this.opened = new Set();
    await this.read();
  }
  private async read(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = "";
    try {
      const { kind, words, all } = this.asked;
      if (kind === "number") {
        this.cases = /^cas_[0-9A-Z]{26}$/.test(words)
          ? [await this.desk.http.call<WholeCase>("GET", `/v1/cases/${words}`)]
          : ((await getCases(this.desk.http, { number: words })).items as WholeCase[]);
      } else {
        const found = await postSearches(this.desk.http, { kind, words, state: all ? "all" : "open", ...(this.next ? { cursor: this.next } : {}) });
        this.hits = [...this.hits, ...found.items];
        this.next = found.next_cursor;
        this.looked += found.looked_at;
        this.back_to = (found.back_to as string | null) ?? this.back_to;
      }
      this.said = this.so_far();
      kept = { asked: this.asked, hits: this.hits, cases: this.cases, next: this.next, looked: this.looked, back_to: this.back_to };
    } catch (error) {
      this.said = "";
      const status = error instanceof Problem ? error.status : 0;
      if (this.asked.kind === "number" && status === 404) this.said = fill(texts.search_found, { n: 0 });
      else this.fault = this.asked.kind === "number" && status === 422 ? texts.not_a_number : words_for(error);
    } finally {
      this.busy = false;
    }
  }

  override render(): TemplateResult {
    const m = texts, asked = this.asked;
    const option = (kind: Kind, name: string) => html`<option value=${kind} ?selected=${asked.kind === kind}>${name}</option>`;
    return html`<h1 tabindex="-1">${m.search}</h1>
      <form role="search" @submit=${this.search}>
        <div><label for="kind">${m.search_what}</label><select id="kind">${option("posts", m.search_posts)}${option("people", m.search_people)}${option("number", m.search_number)}</select></div>
        <div><label for="words">${m.search_words}</label><input id="words" type="search" maxlength="500" autocomplete="off" .value=${asked.words} /></div>
        <label class="check"><input id="all" type="checkbox" .checked=${asked.all} />${m.search_all}</label>
        <button class="main" ?disabled=${this.busy}>${this.busy ? m.loading : m.search}</button>
      </form>
      <p class="small quiet">${m.search_how}</p>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      <ol>
        ${this.cases.map((one) => html`<li class="card">${this.case_line(one.case_id, one.state, one.opened_at as string | null)}</li>`)}
        ${this.hits.map((hit) => html`<li class="card">${hit.item_id ? this.post(hit) : this.person(hit)}</li>`)}
      </ol>
      ${this.next ? html`<button type="button" id="further" ?disabled=${this.busy} @click=${() => this.read()}>${m.search_further}</button>` : nothing}`;
  }

  private case_line(id: string, state?: string, opened?: string | null): TemplateResult {
    return html`<span class="row small"><a href="#/case/${id}">${texts.to_case}</a> ${state ? html`<span>${word("state", state)}</span>` : nothing} ${opened ? html`<span>${fill(texts.since, { time: moment(opened) })}</span>` : nothing}</span>`;
  }
  private post(hit: SearchHit): TemplateResult {
    const m = texts, covered = this.shift.avoids([hit.category ?? ""]) && !this.opened.has(hit.item_id!);
    const text = hit.text ?? "", mark = hit.span ? [hit.span] : [];
    return html`${covered
        ? html`<p>${fill(m.description, { n: number(text.length), categories: hit.category ? word("category", hit.category) : m.no_category })}
            <button type="button" class="plain" @click=${() => (this.opened = new Set(this.opened).add(hit.item_id!))}>${m.show_words}</button></p>`
        : html`<div class="text" dir="auto">${hit.cut_before ? "… " : nothing}${pieces(text, mark).map((piece) => {
            const shown: View | string = piece.hidden ? html`<span class="unseen" title=${m.hidden_character}>${piece.hidden}</span>` : piece.text;
            return piece.marks.length ? html`<mark>${shown}</mark>` : shown;
          })}${hit.cut_after ? " …" : nothing}</div>`}
      <p class="row small quiet">${hit.category ? html`<span>${word("category", hit.category)}</span>` : nothing}<span>${moment(hit.created_at as string | null)}</span></p>
      ${this.case_line(hit.case_id, hit.case_state, hit.opened_at as string | null)}`;
  }
  private person(hit: SearchHit): TemplateResult {
    return html`<p><strong><bdi>${hit.handle || hit.account_id}</bdi></strong>${hit.handle ? html` <span class="quiet small"><bdi>${hit.account_id}</bdi></span>` : nothing}
        ${(hit.roles ?? []).map((role) => html`<span class="badge">${word("party", role)}</span> `)}</p>
      ${this.case_line(hit.case_id, hit.case_state, hit.opened_at as string | null)}`;
  }
}
