// <heed-case>: one case as far as its reader may see it, live, with what can be done now. What the other side wrote is
// nowhere but behind a button.
import {
  deleteCasesIdReliefKind, getCases, getStanding, getCasesId, getCasesIdItems, getCasesIdTimeline, getNotices, getPolicy, getReportFlow, postCasesIdMessages, postCasesIdRelief,
  postDecisionsIdAppeals, postReportsIdWithdrawal, type Item, type Notice, type OwnCase, type ReportFlow, type TimelineEvent,
} from "heed-api";
import { Http, NoAnswer, Problem, type Token } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import de from "../../messages/de.json";
import en from "../../messages/en.json";
import { help_lines } from "../shared/help.js";
import { base } from "../shared/style.js";
import { save_file } from "./save.js";
import { standing, statements, type Standing } from "./statement.js";
import { fill, random_key, when } from "../shared/words.js";

export type Messages = typeof en;
const kLanguages: Record<string, Messages> = { en, de };
type View = TemplateResult | typeof nothing;

/** What a notice says of one decision. */
interface Told {
  reason: string;
  actions: string[];
}

export class HeedCase extends LitElement {
  static override properties = {
    server: {}, locale: {}, country: {}, case: {}, guest: { type: Boolean }, top: { type: Boolean }, theme: { reflect: true },
    token: { attribute: false },
    cases: { state: true }, own: { state: true }, items: { state: true }, more: { state: true }, events: { state: true }, notices: { state: true },
    flow: { state: true }, machine: { state: true }, fault: { state: true }, live: { state: true }, news: { state: true }, shown: { state: true }, asking: { state: true },
    said: { state: true }, busy: { state: true }, strikes: { state: true },
  };
  static override styles = base;
  static home = new URL(import.meta.url).origin;

  declare server: string;
  declare locale: string;
  declare country: string;
  /** Which case; without it the reader's only one, or a list to choose from. */
  declare case: string;
  /** The reader has no account: nothing on the platform can be hidden from them. */
  declare guest: boolean;
  /** It is the whole page: its heading is the first. */
  declare top: boolean;
  declare token: Token;

  declare protected cases?: OwnCase[];
  declare protected own?: OwnCase;
  declare protected items: Item[];
  declare protected more: string;
  declare protected events: TimelineEvent[];
  declare protected notices: Notice[];
  declare protected flow?: ReportFlow;
  declare protected machine: string[];
  declare protected fault: string;
  declare protected live: boolean;
  declare protected news: string;
  declare protected shown: string[];
  /** What is being asked just now: "withdraw <report>", "appeal <decision>". */
  declare protected asking: string;
  declare protected said: string;
  declare protected busy: boolean;
  declare protected strikes?: Standing;
  private closing?: AbortController;
  private again_soon?: ReturnType<typeof setTimeout>;
  private keys = new Map<string, { words: string; key: string }>();

  constructor() {
    super();
    this.server = this.locale = this.country = this.case = this.more = this.fault = this.news = this.asking = this.said = "";
    this.token = "";
    this.guest = this.top = this.live = this.busy = false;
    this.items = [];
    this.events = [];
    this.notices = [];
    this.machine = [];
    this.shown = [];
  }

  private get m(): Messages {
    return kLanguages[this.language]!;
  }
  /** The reader wrote what it is about, and is nothing else here. */
  private get author(): boolean {
    return this.own?.roles.length === 1 && this.own.roles[0] === "author";
  }
  private get language(): string {
    const wanted = (this.locale || this.closest("[lang]")?.getAttribute("lang") || navigator.language || "en").split("-")[0]!;
    return wanted in kLanguages ? wanted : "en";
  }
  private get http(): Http {
    return new Http(this.server || HeedCase.home, () => (typeof this.token === "function" ? this.token() : this.token));
  }
  private at(time: string | null | undefined): string {
    return time ? when(time, this.locale || this.language) : "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lang = this.language;
    if (this.hasUpdated && this.token) void this.begin(); // put elsewhere
  }
  /** A page may set the token at any time, also after the element is there. */
  override updated(changed: Map<string, unknown>): void {
    if (changed.has("token") && this.token && !this.own && this.isConnected) void this.begin();
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.closing?.abort();
    clearTimeout(this.again_soon);
  }

  // --- reading --------------------------------------------------------------------------------------------------

  private async begin(): Promise<void> {
    this.fault = "";
    try {
      if (!this.case) {
        const list = await getCases(this.http, { limit: 50 });
        this.cases = list.items as OwnCase[];
        if (this.cases.length !== 1) return;
        this.case = this.cases[0]!.case_id;
      }
      await this.read();
      this.closing?.abort();
      this.closing = new AbortController();
      void this.listen(this.closing.signal);
      void this.read_around();
    } catch (error) {
      this.fault = this.words_for(error);
    }
  }

  private async read(): Promise<void> {
    const id = this.case;
    const [own, items, notices] = await Promise.all([getCasesId(this.http, id), getCasesIdItems(this.http, id, { limit: 20 }), getNotices(this.http, { limit: 200, locale: this.language })]);
    const events: TimelineEvent[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 20; ++pages) {
      const page = await getCasesIdTimeline(this.http, id, { limit: 200, ...(cursor ? { cursor } : {}) });
      events.push(...page.items);
      cursor = page.next_cursor;
      if (!cursor) break;
    }
    if (id !== this.case) return;
    // Items that were asked for beyond the first page stay on the page.
    const known = new Map(items.items.map((item) => [item.item_id, item]));
    const beyond = this.items.filter((item) => !known.has(item.item_id));
    this.own = own as OwnCase;
    this.items = [...items.items, ...beyond];
    if (!beyond.length) this.more = items.next_cursor ?? "";
    this.notices = notices.items.filter((notice) => notice.case_id === id);
    this.events = events;
  }

  private async read_around(): Promise<void> {
    const open = new Http(this.server || HeedCase.home, () => "");
    const locale = this.locale || this.language;
    this.flow = await getReportFlow(open, { locale, ...(this.country ? { country: this.country } : {}) }).catch(() => undefined);
    const policy = await getPolicy(open, { locale }).catch(() => undefined);
    if (this.own?.roles.includes("author")) this.strikes = (await getStanding(this.http, { locale }).catch(() => undefined)) as Standing | undefined;
    this.machine = policy?.clauses.filter((clause) => clause.machine_may_act).map((clause) => clause.title) ?? [];
  }

  private async read_more(): Promise<void> {
    await this.doing(async () => {
      const page = await getCasesIdItems(this.http, this.case, { limit: 50, cursor: this.more });
      this.items = [...this.items, ...page.items];
      this.more = page.next_cursor ?? "";
    });
  }

  /** Listens until the element is gone; a stream that ends is opened again, a little later each time. */
  private async listen(signal: AbortSignal): Promise<void> {
    const from: { last?: string } = {};
    let first = true, wait = 1000;
    while (!signal.aborted) {
      try {
        // The first stream tells once what is known already.
        const known = this.events.length;
        let heard = 0;
        this.live = true;
        await this.http.stream(
          `/v1/cases/${encodeURIComponent(this.case)}`, from,
          (kind) => {
            wait = 1000;
            if (kind === "timeline" && (!first || ++heard > known)) this.changed();
          },
          signal,
        );
        first = false;
      } catch (error) {
        if (error instanceof Problem && [401, 403, 404].includes(error.status)) {
          this.live = false;
          if (!signal.aborted) this.fault = this.words_for(error);
          return;
        }
      }
      if (signal.aborted) return;
      this.live = false;
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, 60_000);
    }
  }

  private changed(): void {
    clearTimeout(this.again_soon);
    this.again_soon = setTimeout(async () => {
      await this.read().catch(() => undefined);
      if (this.author) void this.read_around();
      this.news = "";
      await this.updateComplete;
      this.news = this.m.news;
    }, 300);
  }

  // --- doing ----------------------------------------------------------------------------------------------------

  private words_for(error: unknown): string {
    if (error instanceof NoAnswer) return this.m.fault_offline;
    if (!(error instanceof Problem)) return this.m.fault_other;
    if (error.status === 401) return this.m.fault_expired;
    if (error.status === 404) return this.m.fault_absent;
    return error.status < 500 ? fill(this.m.fault_refused, { detail: error.message }) : this.m.fault_other;
  }

  private async doing(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.fault = this.said = "";
    try {
      await work();
      return true;
    } catch (error) {
      this.fault = this.words_for(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** The key of these words: pressing twice, or again after no answer, says them once. */
  private key_of(what: string, words: string): string {
    const known = this.keys.get(what);
    if (known?.words === words) return known.key;
    const key = random_key();
    this.keys.set(what, { words, key });
    return key;
  }

  private async add(event: Event): Promise<void> {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLTextAreaElement>("#add")!;
    const text = field.value.trim();
    if (!text) return field.focus();
    await this.doing(async () => {
      await postCasesIdMessages(this.http, this.case, { text }, { key: this.key_of("message", text) });
      this.keys.delete("message");
      field.value = "";
      this.said = this.m.add_done;
      await this.read();
    });
  }

  private async relieve(kind: "hide" | "autoblock_pile", on: boolean): Promise<void> {
    await this.doing(async () => {
      await (on ? postCasesIdRelief(this.http, this.case, { kind }) : deleteCasesIdReliefKind(this.http, this.case, kind));
      this.said = this.m.relief_done;
      await this.read();
    });
  }

  private async withdraw(report: string): Promise<void> {
    await this.doing(async () => {
      await postReportsIdWithdrawal(this.http, report);
      this.asking = "";
      this.said = this.m.state_withdrawn;
      await this.read();
    });
  }

  private async appeal(event: Event, decision: string): Promise<void> {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLTextAreaElement>("#appeal")!;
    const text = field.value.trim(), evidence = this.renderRoot.querySelector<HTMLTextAreaElement>("#evidence")!.value.trim();
    if (!text) return field.focus();
    await this.doing(async () => {
      const filed = await postDecisionsIdAppeals(this.http, decision, { text, ...(evidence ? { evidence } : {}) }, { key: this.key_of(decision, `${text}\n${evidence}`) });
      this.asking = "";
      this.said = fill(this.m.appeal_done, { time: this.at(filed.decide_by) });
      await this.read();
    });
  }

  private async ask(what: string): Promise<void> {
    this.asking = what;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#appeal, #sure")?.focus();
  }

  private async open(id: string): Promise<void> {
    this.case = id;
    await this.begin();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
  }

  // --- what is seen ---------------------------------------------------------------------------------------------

  override render(): TemplateResult {
    const m = this.m;
    const fault = html`<div class=${this.fault ? "faults" : ""} role="alert">
      ${this.fault ? html`<p>${this.fault}</p>${this.own ? nothing : html`<button type="button" @click=${() => this.begin()}>${m.again}</button>`}` : nothing}
    </div>`;
    const said = html`<p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>`;
    if (!this.own) return html`${fault}${this.cases && !this.case ? this.list() : this.fault ? nothing : html`<p role="status">${m.loading}</p>`}`;
    return html`<section aria-labelledby="title">
      <h2 id="title" tabindex="-1" aria-level=${this.top ? 1 : nothing}>${this.author ? m.author_title : m.case}</h2>
      ${this.own.number ? html`<p>${m.number}: <span class="number">${this.own.number}</span> <span class="hint">${m.number_text}</span></p>` : nothing}
      <p class="aside" role="status">${this.news}</p>
      ${this.standing()} ${fault} ${said} ${this.author ? statements(m, this.notices, (time) => this.at(time), this.top ? 2 : 3) : nothing} ${this.decisions()}
      ${standing(m, this.strikes, (time) => this.at(time), this.top ? 2 : 3)} ${this.reports()} ${this.told()} ${this.talk()} ${this.possible()} ${this.take()}
      ${this.history()}
      <p class="quiet">${this.live ? m.live : m.live_off}</p>
    </section>`;
  }

  private list(): TemplateResult {
    const m = this.m;
    if (this.cases!.length === 0) return html`<h2 id="title" tabindex="-1" aria-level=${this.top ? 1 : nothing}>${m.your_cases}</h2><p>${m.no_cases}</p>`;
    return html`<h2 id="title" tabindex="-1" aria-level=${this.top ? 1 : nothing}>${m.your_cases}</h2>
      <ul>
        ${this.cases!.map(
          (own) => html`<li>
            <button type="button" class="plain" @click=${() => this.open(own.case_id)}>${fill(m.open_case, { number: own.number ?? "" })}</button>
            <span class="quiet">${this.at(own.since)}</span>
          </li>`,
        )}
      </ul>`;
  }

  private standing(): TemplateResult {
    const m = this.m, own = this.own!;
    const open_reports = own.reports.filter((report) => report.state === "received");
    const withdrawn = own.reports.length === 0 && this.events.some((e) => e.kind === "report_withdrawn");
    const all = own.items ?? this.items.length, undecided = own.items_open ?? this.items.filter((item) => item.state === "open").length;
    const looked = this.events.some((e) => e.kind === "being_looked_at");
    const state =
      own.state === "closed" ? (withdrawn ? m.state_withdrawn : all > undecided ? m.state_decided : m.state_closed)
      : all > 0 && undecided === 0 ? m.state_so_far
      : undecided < all ? fill(m.state_partly, { decided: all - undecided, all })
      : looked ? m.state_looking : m.state_waiting;
    return html`<h3 aria-level=${this.top ? 2 : nothing}>${m.how_it_stands}</h3>
      <p id="state"><strong>${state}</strong></p>
      ${own.state === "open" && own.answer_by && open_reports.length && (undecided > 0 || all === 0) ? html`<p>${fill(m.answer_by, { time: this.at(own.answer_by) })}</p>` : nothing}
      <details>
        <summary>${m.who_decides}</summary>
        <div>
          <p>${m.who_person}</p>
          ${this.machine.length ? html`<p>${m.who_machine}</p><ul>${this.machine.map((title) => html`<li>${title}</li>`)}</ul>` : nothing}
        </div>
      </details>`;
  }

  /** What our notices said of each decision: reasons and orders, in the reader's language. */
  private told_of(decision: string): Told | undefined {
    for (const notice of this.notices) {
      const data = (notice.content as { data?: { items?: Array<{ decision_id: string; reason?: string; actions?: string[] }> } }).data;
      const found = data?.items?.find((item) => item.decision_id === decision);
      if (found) return { reason: found.reason ?? "", actions: found.actions ?? [] };
    }
    return undefined;
  }

  private decisions(): View {
    const m = this.m, own = this.own!;
    if (!this.items.length) return nothing;
    return html`<h3 aria-level=${this.top ? 2 : nothing}>${m.items}</h3>
      ${own.items_open ? html`<p>${fill(m.items_known, { open: own.items_open, all: own.items ?? 0 })}</p>` : nothing}
      <ol>
        ${this.items.map((item, i) => this.item(item, i + 1))}
      </ol>
      ${this.more ? html`<button type="button" ?disabled=${this.busy} @click=${() => this.read_more()}>${m.more_items}</button>` : nothing}`;
  }

  private item(item: Item, n: number): TemplateResult {
    const m = this.m, d = item.decision, own_post = this.author, told = d ? this.told_of(d.decision_id) : undefined;
    const outcome = !d ? m.item_open : d.reversed ? m.item_reversed : d.outcome === "violation" ? m.item_violation : m.item_no_violation;
    const shown = this.shown.includes(item.item_id), asked = d && this.asking === `appeal ${d.decision_id}`;
    const show = () => (this.shown = shown ? this.shown.filter((id) => id !== item.item_id) : [...this.shown, item.item_id]);
    const name = `${fill(m.item_n, { n })} ${item.created_at ? fill(m.item_of, { time: this.at(item.created_at) }) : ""}`;
    return html`<li>
      <span id="item-${n}">${name}</span><br />
      <strong>${outcome}</strong>
      ${d
        ? html`${d.clause_title ? html`<p>${fill(m.rule, { title: d.clause_title })} ${d.by_machine ? m.by_machine : m.by_person}</p>` : nothing}
            ${told?.reason ? html`<p>${fill(m.reason, { reason: told.reason })}</p>` : nothing}`
        : nothing}
      ${item.text
        ? html`<div>
            <button type="button" class="plain" aria-expanded=${shown} aria-describedby="item-${n}" @click=${show}>${shown ? m.hide_theirs : own_post ? m.show_own : m.show_theirs}</button>
            ${shown ? html`<blockquote class="theirs" dir="auto" tabindex="0" aria-labelledby="item-${n}">${item.text}</blockquote>` : nothing}
          </div>`
        : nothing}
      ${d ? this.appealed(d) : nothing}
      ${d && !d.reversed && !asked && !d.appeal && d.appeal_open !== false
        ? html`<div><button type="button" aria-describedby="item-${n}" @click=${() => this.ask(`appeal ${d.decision_id}`)}>${m.appeal}</button></div>`
        : nothing}
      ${d && asked
        ? html`<form class="note" @submit=${(e: Event) => this.appeal(e, d.decision_id)}>
            <p id="appeal-hint">${m.appeal_text}</p>
            <label class="label" for="appeal">${m.appeal_field}</label>
            <textarea id="appeal" rows="4" maxlength="10000" dir="auto" aria-describedby="appeal-hint"></textarea>
            <label class="label" for="evidence">${m.appeal_evidence}</label>
            <textarea id="evidence" rows="3" maxlength="10000" dir="auto"></textarea>
            <div class="buttons">
              <button type="submit" class="main" ?disabled=${this.busy}>${m.appeal_send}</button>
              <button type="button" @click=${() => (this.asking = "")}>${m.cancel}</button>
            </div>
          </form>`
        : nothing}
    </li>`;
  }

  /** How the reader's own objection stands, or until when there is time for one. */
  private appealed(d: NonNullable<Item["decision"]>): View {
    const m = this.m as Messages & Record<string, string>;
    if (d.appeal) return html`<p>${fill(m[`appeal_${d.appeal.outcome}`], { time: this.at(d.appeal.at) })}</p>`;
    if (d.reversed || !d.appeal_until) return nothing;
    return html`<p class="quiet">${d.appeal_open === false ? m.appeal_over : fill(m.appeal_until, { day: d.appeal_until })}</p>`;
  }

  /** What the reader and the reviewers have written to each other, oldest first. */
  private talk(): View {
    const m = this.m;
    const said = [
      ...this.events.filter((e) => e.kind === "message_sent").map((e) => ({ at: e.at, ours: false, text: this.own_words(e) })),
      ...this.notices.filter((notice) => notice.kind === "message").map((notice) => ({ at: notice.at, ours: true, text: notice.text })),
    ].filter((one) => one.text).sort((a, b) => a.at.localeCompare(b.at));
    if (!said.length) return nothing;
    return html`<h3 aria-level=${this.top ? 2 : nothing}>${m.talk}</h3>
      <ol class="talk">
        ${said.map((one) => html`<li><strong>${one.ours ? m.from_us : m.from_you}</strong> <span class="quiet">${this.at(one.at)}</span><p class="said" dir="auto">${lines(one.text)}</p></li>`)}
      </ol>`;
  }

  private take(): TemplateResult {
    const m = this.m;
    const save = (format: "html" | "json") =>
      this.doing(async () => {
        await save_file(this.http, this.case, format, this.locale || this.language);
        this.said = m.file_done;
      });
    return html`<h3 aria-level=${this.top ? 2 : nothing}>${m.file}</h3>
      <p id="file-hint">${m.file_text}</p>
      <div class="buttons">
        <button type="button" aria-describedby="file-hint" ?disabled=${this.busy} @click=${() => save("html")}>${m.file_page}</button>
        <button type="button" aria-describedby="file-hint" ?disabled=${this.busy} @click=${() => save("json")}>${m.file_json}</button>
      </div>`;
  }

  private reports(): View {
    const m = this.m, own = this.own!;
    if (!own.reports.length) return nothing;
    return html`<h3 aria-level=${this.top ? 2 : nothing}>${m.what_we_have}</h3>
      <ul>
        ${own.reports.map((report) => {
          const count = report.whole_pile && own.pile?.since ? fill(m.whole_pile, { time: this.at(own.pile.since) }) : report.items === 1 ? m.count_one : fill(m.count_many, { n: report.items });
          const asked = this.asking === `withdraw ${report.report_id}`;
          return html`<li>
            ${fill(m.report_line, { time: this.at(report.received_at), count })}${report.state === "received" ? nothing : ` (${report.state === "answered" ? m.answered : m.taken_back})`}
            ${report.state === "received" && !asked ? html`<div><button type="button" class="plain" @click=${() => this.ask(`withdraw ${report.report_id}`)}>${m.take_back}</button></div>` : nothing}
            ${asked
              ? html`<div class="note" role="group" aria-labelledby="sure">
                  <p id="sure" tabindex="-1">${m.take_back_sure}</p>
                  <div class="buttons">
                    <button type="button" ?disabled=${this.busy} @click=${() => this.withdraw(report.report_id)}>${m.yes_take_back}</button>
                    <button type="button" class="main" @click=${() => (this.asking = "")}>${m.keep}</button>
                  </div>
                </div>`
              : nothing}
          </li>`;
        })}
      </ul>`;
  }

  private told(): TemplateResult {
    const m = this.m;
    return html`<h3 aria-level=${this.top ? 2 : nothing}>${m.told}</h3>
      ${this.notices.length
        ? this.notices.map((notice) => html`<details><summary>${notice.subject} <span class="quiet">${this.at(notice.at)}</span></summary><p class="said">${lines(notice.text)}</p></details>`)
        : html`<p>${m.nothing_told}</p>`}`;
  }

  private possible(): TemplateResult {
    const m = this.m, own = this.own!;
    const on = (kind: string) => own.relief.find((relief) => relief.kind === kind);
    const protect = (kind: "hide" | "autoblock_pile", start: string, end: string) => {
      const is = on(kind);
      return html`<p>
        ${is ? html`${m.is_on}${is.until ? ` (${fill(m.relief_until, { time: this.at(is.until) })})` : ""}: ` : nothing}
        <button type="button" ?disabled=${this.busy} @click=${() => this.relieve(kind, !is)}>${is ? end : start}</button>
      </p>`;
    };
    const reporter = own.roles.includes("reporter");
    return html`<h3 aria-level=${this.top ? 2 : nothing}>${m.can_do}</h3>
      <form @submit=${this.add}>
        <label class="label" for="add">${m.add}</label>
        <span class="hint" id="add-hint">${m.add_text}</span>
        <textarea id="add" rows="3" maxlength="20000" dir="auto" aria-describedby="add-hint"></textarea>
        <button type="submit" ?disabled=${this.busy}>${m.add_send}</button>
      </form>
      ${!this.guest && reporter
        ? html`<h3 aria-level=${this.top ? 2 : nothing}>${m.protect}</h3>
            <p>${m.protect_text}</p>
            ${protect("hide", m.hide_on, m.hide_off)}
            ${own.roles.includes("target") && own.pile ? protect("autoblock_pile", m.autoblock_on, m.autoblock_off) : nothing}`
        : nothing}
      ${this.flow
        ? html`<details>
            <summary>${m.help}</summary>
            <div>${help_lines(this.flow, [], (country) => ((this.country = country), void this.read_around()))}</div>
          </details>`
        : nothing}`;
  }

  private history(): TemplateResult {
    const m = this.m;
    return html`<details>
      <summary>${m.history}</summary>
      <ol>
        ${this.events.map((e) => {
          const said = this.own_words(e);
          return html`<li>${this.at(e.at)}: ${this.happened(e)} ${said ? html`<details><summary>${m.what_you_said}</summary><p class="said">${lines(said)}</p></details>` : nothing}</li>`;
        })}
      </ol>
    </details>`;
  }

  private happened(e: TimelineEvent): string {
    const m = this.m as unknown as Record<string, string>, fields = e.fields as Record<string, unknown>;
    const name = e.kind === "action_confirmed" ? `event_action_confirmed_${String(fields["state"] ?? "done")}` : `event_${e.kind}`;
    return fill(m[name] ?? m["event_other"], { count: String(fields["count"] ?? ""), since: typeof fields["since"] === "string" ? this.at(fields["since"]) : "" });
  }

  private own_words(e: TimelineEvent): string {
    const said = Object.values((e.said ?? {}) as Record<string, unknown>);
    return said.map((part) => (typeof part === "string" ? part : part && typeof part === "object" ? String((part as { comment?: string }).comment ?? "") : "")).filter(Boolean).join("\n\n");
  }
}

const lines = (text: string) => text.trim().split("\n").map((line) => html`${line}<br />`);
