// <heed-case>: one case as far as its reader may see it, live, with what can be done now. What the other side wrote is
// nowhere but behind a button.
import {
  deleteCasesIdReliefKind, getCases, getDelegations, getStanding, getCasesId, getCasesIdItems, getCasesIdTimeline, getNotices, getPolicy, getReportFlow, postCasesIdRelief,
  postReportsIdWithdrawal, type Delegation, type Item, type Notice, type OwnCase, type ReportFlow, type TimelineEvent,
} from "heed-api";
import { Http, NoAnswer, Problem, type Token } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import de from "../../messages/de.json";
import en from "../../messages/en.json";
import { help_lines } from "../shared/help.js";
import { base } from "../shared/style.js";
import { Acting } from "./acting.js";
import { DeskCode } from "./desk_code.js";
import { Evidence } from "./evidence.js";
import { Items } from "./items.js";
import { lines, type Messages, type Page, type Scope } from "./page.js";
import { People, name_of } from "./people.js";
import { save_file } from "./save.js";
import { standing, statements, type Standing } from "./statement.js";
import { Talk, is_ours, said_at } from "./talk.js";
import { fill, random_key, when } from "../shared/words.js";

const kLanguages: Record<string, Messages> = { en, de };
type View = TemplateResult | typeof nothing;

export class HeedCase extends LitElement implements Page {
  static override properties = {
    server: {}, locale: {}, country: {}, case: {}, guest: { type: Boolean }, delegate: { type: Boolean }, reportUrl: { attribute: "report-url" }, dataUrl: { attribute: "data-url" }, appeal: {}, top: { type: Boolean }, theme: { reflect: true },
    token: { attribute: false },
    cases: { state: true }, own: { state: true }, items: { state: true }, more: { state: true }, events: { state: true }, notices: { state: true },
    flow: { state: true }, machine: { state: true }, fault: { state: true }, live: { state: true }, news: { state: true }, asking: { state: true },
    said: { state: true }, busy: { state: true }, strikes: { state: true }, acting: { state: true },
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
  /** The token is that of somebody who acts for another person and has no account. */
  declare delegate: boolean;
  /** Our page of the report flow that knows for whom a delegate acts, and the page of what is held about the reader. */
  declare reportUrl: string;
  declare dataUrl: string;
  /** The decision to which the reader came to object, by the link in what we told them. */
  declare appeal: string;
  /** It is the whole page: its heading is the first. */
  declare top: boolean;
  declare token: Token;

  /** For whom the reader acts; nobody: for themself. */
  declare acting?: Delegation;
  declare protected cases?: OwnCase[];
  declare own?: OwnCase;
  declare protected items: Item[];
  declare protected more: string;
  declare events: TimelineEvent[];
  declare protected notices: Notice[];
  declare protected flow?: ReportFlow;
  declare protected machine: string[];
  declare protected fault: string;
  declare protected live: boolean;
  declare protected news: string;
  /** What is being asked just now: "withdraw <report>". */
  declare protected asking: string;
  declare protected said: string;
  declare busy: boolean;
  declare protected strikes?: Standing;
  private closing?: AbortController;
  private again_soon?: ReturnType<typeof setTimeout>;
  private keys = new Map<string, { words: string; key: string }>();
  private readonly decided = new Items(this);
  private readonly talk = new Talk(this);
  private readonly evidence = new Evidence(this);
  private readonly code = new DeskCode(this);
  private readonly people = new People(this, (delegation) => void this.act_for(delegation));
  private readonly for_another = new Acting(this, () => this.over(), () => void this.act_for(undefined));
  private readonly by_link = new Acting(this, () => this.over());

  constructor() {
    super();
    this.server = this.locale = this.country = this.case = this.more = this.fault = this.news = this.asking = this.said = "";
    this.token = this.reportUrl = this.dataUrl = this.appeal = "";
    this.guest = this.delegate = this.top = this.live = this.busy = false;
    this.items = [];
    this.events = [];
    this.notices = [];
    this.machine = [];
  }

  get m(): Messages {
    return kLanguages[this.language]!;
  }
  /** The reader wrote what it is about, and is nothing else here. */
  get author(): boolean {
    return this.own?.roles.length === 1 && this.own.roles[0] === "author";
  }
  private get language(): string {
    const wanted = (this.locale || this.closest("[lang]")?.getAttribute("lang") || navigator.language || "en").split("-")[0]!;
    return wanted in kLanguages ? wanted : "en";
  }
  get http(): Http {
    const acting = this.acting;
    const behalf = () => (acting && !this.delegate ? { "On-Behalf-Of": acting.delegation_id } : {}) as Record<string, string>;
    return new Http(this.server || HeedCase.home, () => (typeof this.token === "function" ? this.token() : this.token), undefined, undefined, behalf);
  }
  may(scope: Scope): boolean {
    return this.acting ? this.acting.scopes.includes(scope) : true;
  }
  from(event: TimelineEvent): string {
    const { m } = this, delegate = this.acting ? "" : this.people.who_did(event);
    if (delegate) return fill(m.from_delegate, { name: delegate });
    if (!this.acting || event.by?.yours) return m.from_you;
    return fill(event.by ? m.from_other_delegate : m.from_principal, { name: name_of(this.acting.principal, m) });
  }
  /** The same as a title over the words. */
  private wrote(event: TimelineEvent): string {
    const { m } = this, delegate = this.acting ? "" : this.people.who_did(event);
    if (is_ours(event)) return m.what_we_said;
    if (delegate) return fill(m.what_delegate_said, { name: delegate });
    if (!this.acting || event.by?.yours) return m.what_you_said;
    return fill(event.by ? m.what_other_delegate_said : m.what_principal_said, { name: name_of(this.acting.principal, m) });
  }
  heading(words: string, id?: string): TemplateResult {
    return html`<h3 id=${id ?? nothing} aria-level=${this.top ? 2 : nothing}>${words}</h3>`;
  }
  say(words: string): void {
    this.said = words;
  }
  at(time: string | null | undefined): string {
    return time ? when(time, this.locale || this.language) : "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lang = this.language;
    this.dir ||= "ltr"; // of the language it speaks, whatever the page around it does
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
      if (this.delegate && !this.acting) {
        this.acting = (await getDelegations(this.http)).items.find((one) => one.role === "delegate" && one.state === "in_force");
        if (!this.acting) return this.over();
      }
      if (!this.guest && !this.acting) await this.people.look();
      if (!this.may("read")) return void this.read_around();
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
      const wanted = this.appeal;
      this.appeal = "";
      if (wanted) await this.decided.begin(wanted, this.items);
    } catch (error) {
      this.fault = this.words_for(error);
    }
  }

  async read(): Promise<void> {
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
    this.code.look();
    await this.evidence.look();
  }

  /** Somebody else's cases, or one's own again. */
  private async act_for(delegation: Delegation | undefined): Promise<void> {
    this.forget();
    this.case = this.fault = this.said = "";
    this.acting = delegation;
    await this.begin();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(delegation ? "#acting" : "#title")?.focus();
  }

  /** Nothing of the case stays, neither on the page nor in it. */
  private forget(): void {
    this.closing?.abort();
    clearTimeout(this.again_soon);
    this.own = this.cases = this.strikes = this.flow = undefined;
    this.items = [];
    this.events = [];
    this.notices = [];
    this.machine = [];
    this.more = this.news = this.asking = "";
    this.live = false;
    this.keys.clear();
    this.code.clear();
    this.evidence.clear();
    this.decided.clear();
  }

  /** What was left to the reader has ended: from now on there is nothing to see. */
  private over(): void {
    this.forget();
    this.case = this.said = "";
    this.fault = this.m.acting_over;
    this.acting = undefined;
    this.dispatchEvent(new Event("heed-over", { bubbles: true, composed: true }));
  }

  private async read_around(): Promise<void> {
    const open = new Http(this.server || HeedCase.home, () => "");
    const locale = this.locale || this.language;
    this.flow = await getReportFlow(open, { locale, ...(this.country ? { country: this.country } : {}) }).catch(() => undefined);
    const policy = await getPolicy(open, { locale }).catch(() => undefined);
    if (this.own?.roles.includes("author") && !this.acting) this.strikes = (await getStanding(this.http, { locale }).catch(() => undefined)) as Standing | undefined;
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
      let told_to_end = false;
      try {
        // The first stream tells once what is known already.
        const known = this.events.length;
        let heard = 0;
        this.live = true;
        await this.http.stream(
          `/v1/cases/${encodeURIComponent(this.case)}`, from,
          (kind) => {
            wait = 1000;
            told_to_end = kind === "end";
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
      if (told_to_end) continue; // asked again at once: why, the answer says
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
    if ((this.acting || this.delegate) && (error.status === 401 || error.status === 403)) {
      this.over();
      return this.m.acting_over;
    }
    if (error.status === 401) return this.m.fault_expired;
    if (error.status === 404) return this.m.fault_absent;
    if (error.status === 429) return this.m.fault_many;
    return error.status < 500 ? fill(this.m.fault_refused, { detail: error.message }) : this.m.fault_other;
  }

  async doing(work: () => Promise<void>, done = ""): Promise<boolean> {
    this.busy = true;
    this.fault = this.said = "";
    try {
      await work();
      if (done) this.said = done;
      return true;
    } catch (error) {
      this.fault = this.words_for(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** The key of these words: pressing twice, or again after no answer, says them once. */
  forget_key(what: string): void {
    this.keys.delete(what);
  }
  key_of(what: string, words: string): string {
    const known = this.keys.get(what);
    if (known?.words === words) return known.key;
    const key = random_key();
    this.keys.set(what, { words, key });
    return key;
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

  private async ask(what: string): Promise<void> {
    this.asking = what;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#sure")?.focus();
  }

  private async open(id: string): Promise<void> {
    this.case = id;
    await this.begin();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
  }

  // --- what is seen ---------------------------------------------------------------------------------------------

  override render(): TemplateResult {
    const m = this.m, over = this.fault === m.acting_over;
    const fault = html`<div class=${this.fault ? "faults" : ""} role="alert">
      ${this.fault ? html`<p>${this.fault}</p>${this.own || (over && this.delegate) ? nothing : html`<button type="button" @click=${() => this.begin()}>${over ? m.acting_home : m.again}</button>`}` : nothing}
    </div>`;
    const said = html`<p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>`;
    const acting = this.acting ? (this.delegate ? this.by_link : this.for_another).view(this.acting, this.reportUrl) : nothing;
    const title = (words: string) => html`<h2 id="title" tabindex="-1" aria-level=${this.top ? 1 : nothing}>${words}</h2>`;
    if (!this.own) {
      if (this.cases && !this.case) return html`${acting}${fault}${said}${this.list()}`;
      const only_reports = this.acting && !this.may("read");
      const about = only_reports || over ? title(m.acting_title) : this.top && this.fault ? title(m.case) : nothing;
      return html`${about}${acting}${fault}${said}${this.fault || only_reports ? nothing : html`<p role="status">${m.loading}</p>`}`;
    }
    return html`<section aria-labelledby="title">
      ${title(this.author ? m.author_title : this.acting ? m.their_case : m.case)}
      ${this.own.number ? html`<p>${m.number}: <span class="number">${this.own.number}</span> <span class="hint">${m.number_text}</span></p>` : nothing}
      <p class="aside" role="status">${this.news}</p>
      ${acting} ${this.talk.question()} ${this.standing()} ${fault} ${said} ${this.author ? statements(m, this.notices, (time) => this.at(time), this.top ? 2 : 3, (id) => this.decided.name_at(id, this.items)) : nothing} ${this.decided.view(this.items, this.notices, this.more ? () => void this.read_more() : undefined)}
      ${standing(m, this.strikes, (time) => this.at(time), this.top ? 2 : 3)} ${this.reports()} ${this.told()} ${this.talk.view(this.notices)} ${this.possible()} ${this.evidence.view()}
      ${this.code.view()} ${this.may("file") ? this.take() : nothing} ${this.around()} ${this.history()}
      <p class="quiet">${this.live ? m.live : m.live_off}</p>
    </section>`;
  }

  private list(): TemplateResult {
    const m = this.m, none = this.cases!.length === 0;
    return html`<h2 id="title" tabindex="-1" aria-level=${this.top ? 1 : nothing}>${this.acting ? m.their_cases : m.your_cases}</h2>
      ${none ? html`<p>${m.no_cases}</p>` : nothing}
      <ul ?hidden=${none}>
        ${this.cases!.map(
          (own) => html`<li>
            <button type="button" class="plain" @click=${() => this.open(own.case_id)}>${fill(m.open_case, { number: own.number ?? "" })}</button>
            <span class="quiet">${this.at(own.since)}</span>
          </li>`,
        )}
      </ul>
      ${this.around()}`;
  }

  /** What does not belong to one case: who acts for whom, and what is held about the reader. */
  private around(): View {
    if (this.acting) return nothing;
    return html`${this.people.others()} ${this.people.view()}
      ${this.dataUrl ? html`${this.heading(this.m.data)}<p><a href=${this.dataUrl}>${this.m.data_link}</a></p>` : nothing}`;
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
    return html`${this.heading(m.how_it_stands)}
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

  private take(): TemplateResult {
    const m = this.m;
    const save = (format: "html" | "json") =>
      this.doing(async () => {
        await save_file(this.http, this.case, format, this.locale || this.language);
        this.said = m.file_done;
      });
    return html`${this.heading(m.file)}
      <p id="file-hint">${m.file_text}</p>
      <div class="buttons">
        <button type="button" aria-describedby="file-hint" ?disabled=${this.busy} @click=${() => save("html")}>${m.file_page}</button>
        <button type="button" aria-describedby="file-hint" ?disabled=${this.busy} @click=${() => save("json")}>${m.file_json}</button>
      </div>`;
  }

  private reports(): View {
    const m = this.m, own = this.own!;
    if (!own.reports.length) return nothing;
    return html`${this.heading(m.what_we_have)}
      <ul>
        ${own.reports.map((report) => {
          const count = report.whole_pile && own.pile?.since ? fill(m.whole_pile, { time: this.at(own.pile.since) }) : report.items === 1 ? m.count_one : fill(m.count_many, { n: report.items });
          const asked = this.asking === `withdraw ${report.report_id}`;
          return html`<li>
            ${fill(m.report_line, { time: this.at(report.received_at), count })}${report.state === "received" ? nothing : ` (${report.state === "answered" ? m.answered : m.taken_back})`}
            ${report.state === "received" && !asked && (!this.acting || (report.yours && this.may("report"))) ? html`<div><button type="button" class="plain" @click=${() => this.ask(`withdraw ${report.report_id}`)}>${m.take_back}</button></div>` : nothing}
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
    const m = this.m, told = this.notices.filter((notice) => notice.kind !== "conversation"); // what it points to is among what was written
    return html`${this.heading(m.told)}
      ${told.length
        ? told.map((notice) => html`<details><summary>${notice.subject} <span class="quiet">${this.at(notice.at)}</span></summary><p class="said">${broken(notice.text)}</p></details>`)
        : html`<p>${m.nothing_told}</p>`}`;
  }

  private possible(): TemplateResult {
    const m = this.m, own = this.own!;
    const on = (kind: string) => own.relief.find((relief) => relief.kind === kind);
    const protect = (kind: "hide" | "autoblock_pile", start: string, end: string) => {
      const is = on(kind);
      if (is && this.acting) return html`<p>${is.until ? `${start} (${fill(m.relief_until, { time: this.at(is.until) })})` : start}: ${m.is_on}</p>`; // ending it is left to the person
      return html`<p>
        ${is ? html`${m.is_on}${is.until ? ` (${fill(m.relief_until, { time: this.at(is.until) })})` : ""}: ` : nothing}
        <button type="button" ?disabled=${this.busy} @click=${() => this.relieve(kind, !is)}>${is ? end : start}</button>
      </p>`;
    };
    const reporter = own.roles.includes("reporter");
    return html`${this.heading(m.can_do)}
      ${this.talk.form()}
      ${!this.guest && reporter && this.may("report")
        ? html`${this.heading(m.protect)}
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
          const said = said_at(e);
          return html`<li>${this.at(e.at)}: ${this.happened(e)} ${this.acting || !e.by ? "" : fill(m.filed_by, { name: this.people.who_did(e) })} ${said ? html`<details><summary>${this.wrote(e)}</summary><p class="said" dir="auto">${broken(said)}</p></details>` : nothing}</li>`;
        })}
      </ol>
    </details>`;
  }

  private happened(e: TimelineEvent): string {
    const m = this.m as unknown as Record<string, string>, fields = e.fields as Record<string, unknown>;
    const name =
      e.kind === "action_confirmed" ? `event_action_confirmed_${String(fields["state"] ?? "done")}`
      : e.kind === "question_ended" ? `event_question_${String(fields["why"])}`
      : e.kind === "message_sent" && is_ours(e) ? "event_message_ours"
      : `event_${e.kind}`;
    return fill(m[name] ?? m["event_other"], { count: String(fields["count"] ?? ""), since: typeof fields["since"] === "string" ? this.at(fields["since"]) : "" });
  }
}

const broken = (text: string) => lines(text).map((line) => html`${line}<br />`);
