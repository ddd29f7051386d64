// <heed-case-people>: who wrote this, what became of their other posts, and which cases belong to this one. Read when
// somebody opens it: most decisions need none of it.
import { getCasesIdAuthors, getCasesIdLinks, type AuthorHistory, type CaseLink } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { console_style } from "./style.js";
import { moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;

export class HeedCasePeople extends LitElement {
  static override properties = { case: {}, authors: { state: true }, links: { state: true }, next: { state: true }, cut: { state: true }, back_to: { state: true }, fault: { state: true } };
  static override styles = [
    base, console_style,
    css`
      :host {
        padding: 0;
      }
      div.wide {
        overflow-x: auto;
      }
    `,
  ];

  desk!: Desk;
  declare case: string;
  declare private authors?: AuthorHistory[];
  declare private links?: CaseLink[];
  declare private next?: string;
  declare private cut: boolean;
  declare private back_to: string | null;
  declare private fault: string;

  constructor() {
    super();
    this.case = this.fault = "";
    this.cut = false;
    this.back_to = null;
  }
  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get("case")) this.authors = this.links = this.next = undefined;
  }

  private async read_authors(): Promise<void> {
    try {
      const page = await getCasesIdAuthors(this.desk.http, this.case, { limit: 50, ...(this.next ? { cursor: this.next } : {}) });
      this.authors = [...(this.authors ?? []), ...page.items];
      this.next = page.next_cursor;
      this.cut = this.cut || page.cut;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async read_links(): Promise<void> {
    try {
      const found = await getCasesIdLinks(this.desk.http, this.case);
      this.links = found.items;
      this.back_to = found.words_back_to as string | null;
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private opened(event: Event, what: "authors" | "links"): void {
    if (!(event.target as HTMLDetailsElement).open) return;
    if (what === "authors" && !this.authors) void this.read_authors();
    if (what === "links" && !this.links) void this.read_links();
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <details id="authors" @toggle=${(event: Event) => this.opened(event, "authors")}>
        <summary>${m.authors}</summary>
        ${this.authors ? this.author_table(this.authors) : html`<p role="status">${m.loading}</p>`}
      </details>
      <details id="links" @toggle=${(event: Event) => this.opened(event, "links")}>
        <summary>${m.linked_cases}</summary>
        ${this.links ? this.link_list(this.links) : html`<p role="status">${m.loading}</p>`}
      </details>
      <heed-unmask theme=${this.getAttribute("theme") ?? nothing} .desk=${this.desk} .case=${this.case}></heed-unmask>`;
  }

  private author_table(authors: AuthorHistory[]): TemplateResult {
    const m = texts;
    if (!authors.length) return html`<p class="quiet">${m.no_authors}</p>`;
    return html`<p class="small quiet">${m.authors_text}</p>
      <div class="wide" tabindex="0" role="group" aria-label=${m.authors}><table class="small">
        <thead><tr>${[m.author, m.here, m.elsewhere, m.f_violations, m.f_no_violations].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${authors.map((one) => html`<tr>
          <th scope="row"><bdi>${one.handle || one.account_id || m.erased_person}</bdi></th>
          <td>${number(one.items)}</td>
          <td>${one.elsewhere.cases
            ? html`${fill(m.in_cases, { n: number(one.elsewhere.items), cases: number(one.elsewhere.cases) })}${one.elsewhere.newest.map((id, i) => html` <a href="#/case/${id}" aria-label=${fill(m.to_case_n, { n: i + 1 })}>${i + 1}</a>`)}`
            : m.nowhere_else}</td>
          <td>${number(one.elsewhere.violations)}</td>
          <td>${number(one.elsewhere.no_violations)}</td>
        </tr>`)}</tbody>
      </table></div>
      ${this.cut ? html`<p class="small">${m.authors_cut}</p>` : nothing}
      ${this.next ? html`<button type="button" @click=${() => this.read_authors()}>${m.more_authors}</button>` : nothing}`;
  }
  private link_list(links: CaseLink[]): View {
    const m = texts;
    const why = (link: CaseLink) => [
      link.same_target ? m.link_target : "", link.earlier ? m.link_earlier : "",
      link.authors ? fill(m.link_authors, { n: number(link.authors) }) : "", link.same_text ? fill(m.link_words, { n: number(link.same_text) }) : "",
    ].filter(Boolean).join(" · ");
    return html`${links.length ? html`<ul class="small">${links.map((link) => html`<li><a href="#/case/${link.case_id}">${fill(m.case_since, { time: moment(link.opened_at as string | null) })}</a> ${word("state", link.state)} · ${why(link)}</li>`)}</ul>` : html`<p class="quiet">${m.no_links}</p>`}
      ${this.back_to ? html`<p class="small quiet">${fill(m.links_back_to, { time: moment(this.back_to) })}</p>` : nothing}`;
  }
}
