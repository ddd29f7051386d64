// <heed-looks-page>: who of the staff looked, at what and why; whom somebody unmasked since yesterday. For leads and
// administrators.
import { getMembers, postAccessLogSearches, type Look, type Member } from "heed-api";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { field, value_of } from "./form.js";
import { console_style } from "./style.js";
import { moment, number, texts } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Asked = Parameters<typeof postAccessLogSearches>[1];

export class HeedLooksPage extends LitElement {
  static override properties = { unmasked: { state: true }, found: { state: true }, members: { state: true }, fault: { state: true }, busy: { state: true }, more: { state: true } };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 60rem;
        margin-inline: auto;
        padding: 1rem;
      }
      .scroll {
        overflow-x: auto;
      }
      form input,
      form select {
        max-inline-size: 24rem !important;
      }
    `,
  ];

  desk!: Desk;
  declare private unmasked?: Look[];
  declare private found?: Look[];
  declare private members: Member[];
  declare private fault: string;
  declare private busy: boolean;
  declare private more: boolean;
  private asked: Asked = {};

  constructor() {
    super();
    this.members = [];
    this.fault = "";
    this.busy = this.more = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.act(async () => {
      const yesterday = new Date();
      yesterday.setDate(yesterday.getDate() - 1);
      yesterday.setHours(0, 0, 0, 0);
      const [unmasked, members] = await Promise.all([
        postAccessLogSearches(this.desk.http, { what: "unmask", since: yesterday.toISOString(), limit: 200 }), getMembers(this.desk.http),
      ]);
      this.unmasked = unmasked.items;
      this.members = members.items;
    });
  }
  private async act(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.fault = "";
    try {
      await work();
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.busy = false;
    }
  }
  private search(event: Event): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const case_id = value_of(form, "case").trim(), account_id = value_of(form, "person").trim();
    const staff_id = form.querySelector<HTMLSelectElement>("#member")!.value;
    this.asked = { ...(case_id ? { case_id } : {}), ...(account_id ? { account_id } : {}), ...(staff_id ? { staff_id } : {}), limit: 100 };
    void this.act(async () => this.take(await postAccessLogSearches(this.desk.http, this.asked), []));
  }
  private take(page: { items: Look[] }, before: Look[]): void {
    this.found = [...before, ...page.items];
    this.more = page.items.length === 100;
  }
  private next(): void {
    const before = this.found ?? [];
    void this.act(async () => this.take(await postAccessLogSearches(this.desk.http, { ...this.asked, before: before[before.length - 1]!.seq }), before));
  }
  private csv(): void {
    const { limit: _, ...asked } = this.asked;
    void this.act(async () => {
      const blob = await this.desk.http.download_of("/v1/access-log/searches", asked, "text/csv");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `looks-${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  override render(): TemplateResult {
    const m = texts;
    return html`<h1 tabindex="-1">${m.looks}</h1>
      <p>${m.looks_text}</p>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <section aria-labelledby="unmasked-title">
        <h2 id="unmasked-title">${m.unmasked}</h2>
        ${this.unmasked?.length ? this.table(this.unmasked, m.unmasked) : html`<p role="status">${this.unmasked ? m.unmasked_none : m.loading}</p>`}
      </section>
      <section aria-labelledby="search-title">
        <h2 id="search-title">${m.looks_search}</h2>
        <form @submit=${this.search}>
          ${field({ id: "case", label: m.looks_case, required: false, most: 30 })}
          <label for="member">${m.looks_member}</label>
          <select id="member"><option value="">${m.looks_anybody}</option>${this.members.map((one) => html`<option value=${one.id}>${one.alias} (${one.name})</option>`)}</select>
          ${field({ id: "person", label: m.looks_person, hint: m.looks_person_hint, required: false })}
          <div class="buttons"><button class="main" ?disabled=${this.busy}>${m.looks_do}</button></div>
        </form>
        ${this.found
          ? html`<p role="status">${fill(m.looks_found, { n: number(this.found.length) })}</p>
              ${this.found.length ? this.table(this.found, m.looks_search) : nothing}
              <div class="buttons">${this.more ? html`<button type="button" @click=${() => this.next()}>${m.looks_more}</button>` : nothing}
                <button type="button" ?disabled=${this.busy} @click=${() => this.csv()}>${m.looks_csv}</button></div>`
          : nothing}
      </section>`;
  }
  private table(looks: Look[], name: string): View {
    const m = texts;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${name}><table class="small">
      <thead><tr>${[m.looks_when, m.looks_who, m.looks_what, m.case, m.looks_why].map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
      <tbody>${looks.map((one) => html`<tr><td>${moment(one.at)}</td><th scope="row">${one.alias}</th><td>${one.what}${one.object ? ` ${one.object}` : ""}</td>
        <td>${one.case_id ? html`<a href="#/case/${one.case_id}">${one.case_id.slice(-6)}</a>` : nothing}</td><td dir="auto">${one.reason ?? ""}</td></tr>`)}</tbody>
    </table></div>`;
  }
}
