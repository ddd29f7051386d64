// <heed-report>: the report flow on any page. Everything it says comes from GET /v1/report-flow.
import { getPiles, getReportFlow, postGuestReports, postReports, type FlowField, type FlowStep, type Receipt, type ReportFlow, type ReportRequest } from "heed-api";
import { Http, NoAnswer, Problem, type Token } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { live } from "lit/directives/live.js";
import { base } from "../shared/style.js";
import { help_lines } from "../shared/help.js";
import { fill, random_key, subject_of } from "../shared/words.js";
import { empty_draft, is_asked, links_of, missing_in, report_of, since_of, type Draft, type Item, type Situation } from "./draft.js";
import { field_view, type Asked } from "./fields.js";

type State = "loading" | "broken" | "asking" | "sending" | "waiting" | "expired" | "refused" | "failed" | "done";

/** What a pile would take, as the server counted it. */
export interface Pile {
  state: "counting" | "known" | "unknown";
  posts: number;
  authors: number;
  sample: Array<{ post_id: string; text: string }>;
}

const kWaits = [2, 4, 8, 15, 30, 60]; // seconds between tries that had no answer

export class HeedReport extends LitElement {
  static override properties = {
    server: {}, locale: {}, country: {}, post: {}, posts: {}, account: {}, kind: {}, channel: {}, me: {}, theme: { reflect: true },
    caseUrl: { attribute: "case-url" }, behalf: { attribute: "on-behalf-of" }, guest: { type: Boolean }, closable: { type: Boolean }, top: { type: Boolean },
    token: { attribute: false },
    flow: { state: true }, at: { state: true }, state: { state: true }, draft: { state: true }, fault: { state: true }, pile: { state: true },
    receipt: { state: true }, details: { state: true },
  };
  static override styles = base;

  /** Where Heed is; by default where this script came from. */
  declare server: string;
  declare locale: string;
  declare country: string;
  /** Ids of one post, of several (separated by spaces), or of an account. `items` says more. */
  declare post: string;
  declare posts: string;
  declare account: string;
  declare kind: string;
  declare channel: string;
  /** The account of the token, where the token does not say it. */
  declare me: string;
  declare caseUrl: string;
  /** The delegation by which the reader reports for somebody else (its id, as GET /v1/delegations says it). */
  declare behalf: string;
  declare guest: boolean;
  declare closable: boolean;
  /** It is the whole page: its heading is the first. */
  declare top: boolean;
  /** The user's token, or a function that gets one whenever one is needed. Never an attribute, never in an address. */
  declare token: Token;
  items: Item[] = [];
  /** Where "See how it stands" leads, when it is known only after sending. */
  caseLink?: (receipt: Receipt) => string;

  declare protected flow?: ReportFlow;
  declare protected at: number;
  declare protected state: State;
  declare protected draft: Draft;
  declare protected fault: string;
  declare protected details: string[];
  declare protected pile?: Pile;
  declare protected receipt?: Receipt;
  private known_me = "";
  private sent?: { body: ReportRequest; key: string; tries: number };
  private timer?: ReturnType<typeof setTimeout>;
  private counting?: AbortController;
  private readonly online = () => this.state === "waiting" && this.try_again();

  constructor() {
    super();
    this.server = this.locale = this.country = this.post = this.posts = this.account = this.channel = this.me = this.caseUrl = this.behalf = "";
    this.kind = "post";
    this.token = "";
    this.guest = this.closable = this.top = false;
    this.at = 0;
    this.state = "loading";
    this.fault = "";
    this.details = [];
    this.draft = empty_draft();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.online);
    void this.load();
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.online);
    clearTimeout(this.timer);
    this.counting?.abort();
  }

  /** Starts anew, for other posts. */
  reset(): void {
    clearTimeout(this.timer);
    this.sent = this.receipt = this.pile = undefined;
    this.draft = empty_draft();
    this.at = 0;
    this.state = "loading";
    void this.load();
  }

  private get http(): Http {
    const behalf = () => (this.behalf ? { "On-Behalf-Of": this.behalf } : {}) as Record<string, string>;
    return new Http(this.server || HeedReport.home, () => (this.guest ? "" : typeof this.token === "function" ? this.token() : this.token), undefined, undefined, behalf);
  }
  /** Where the script came from. */
  static home = new URL(import.meta.url).origin;

  private async load(): Promise<void> {
    const locale = this.locale || this.closest("[lang]")?.getAttribute("lang") || navigator.language || "en";
    try {
      this.flow = await getReportFlow(new Http(this.server || HeedReport.home, () => ""), { locale, ...(this.country ? { country: this.country } : {}) });
    } catch {
      this.state = "broken";
      return;
    }
    this.setAttribute("dir", this.flow.direction);
    this.lang = this.flow.locale;
    if (this.state === "loading" || this.state === "broken") {
      const named: Item[] = [...this.post.split(/\s+/), ...this.posts.split(/\s+/)].filter(Boolean).map((id) => ({ kind: this.kind as Item["kind"], id }));
      if (this.account) named.push({ kind: "account", id: this.account });
      this.draft = { ...this.draft, items: this.items.length ? this.items : named };
      this.state = "asking";
    }
  }

  /** A page may set the token at any time, also after the element is there. */
  override updated(changed: Map<string, unknown>): void {
    if (changed.has("token") || changed.has("me")) void this.know_me();
  }
  private async know_me(): Promise<void> {
    const token = this.me || this.guest ? "" : typeof this.token === "function" ? await this.token() : this.token;
    this.known_me = this.me || subject_of(token);
    this.requestUpdate();
  }

  private get situation(): Situation {
    return { guest: this.guest, me: this.known_me, now: Date.now() };
  }
  private asked(step: FlowStep): FlowField[] {
    return step.fields.filter((field) => is_asked(field, this.draft, this.situation));
  }
  private get t(): Record<string, string> {
    return this.flow!.texts;
  }
  /** Topics of help lines that belong to what was chosen. */
  private get topics(): string[] {
    const options = this.flow!.steps.flatMap((step) => step.fields).find((field) => field.id === "symptoms")?.options ?? [];
    return options.filter((o) => this.draft.symptoms.includes(o.id)).flatMap((o) => o.topics ?? []);
  }

  // --- moving on ------------------------------------------------------------------------------------------------

  private change(part: Partial<Draft>): void {
    this.draft = { ...this.draft, ...part };
    if (!this.draft.relief.every((kind) => kind === "hide" || this.draft.extent === "pile")) {
      this.draft = { ...this.draft, relief: this.draft.relief.filter((kind) => kind === "hide") };
    }
    if (this.draft.extent === "pile" && this.draft.about !== "me") this.draft = { ...this.draft, extent: "this" };
    if ("since" in part || "moment" in part || "extent" in part) void this.count();
    if (this.fault) this.fault = "";
  }

  private async next(event: Event): Promise<void> {
    event.preventDefault();
    const step = this.flow!.steps[this.at]!;
    for (const field of this.asked(step)) {
      const missing = missing_in(field, this.draft, this.situation, this.t);
      if (missing) {
        this.fault = `${field.id}\n${missing}`;
        await this.updateComplete;
        this.renderRoot.querySelector<HTMLElement>(`[data-field="${field.id}"] :is(input, textarea, select)`)?.focus();
        return;
      }
    }
    if (this.at + 1 < this.flow!.steps.length) {
      await this.go(this.at + 1);
    } else {
      await this.send();
    }
  }
  private async go(to: number): Promise<void> {
    this.at = to;
    this.fault = "";
    await this.to_heading();
  }
  /** A new page for whoever listens: the heading is read, and the keyboard goes on from there. */
  private async to_heading(): Promise<void> {
    await this.updateComplete;
    const heading = this.renderRoot.querySelector<HTMLElement>("h2");
    heading?.focus();
    heading?.scrollIntoView?.({ block: "nearest" });
  }

  private async count(): Promise<void> {
    this.counting?.abort();
    const since = since_of(this.draft, Date.now());
    if (this.draft.extent !== "pile" || since === undefined) {
      this.pile = undefined;
      return;
    }
    const stop = (this.counting = new AbortController());
    this.pile = { state: "counting", posts: 0, authors: 0, sample: [] };
    try {
      const found = await getPiles(this.http, { target: this.known_me, since: new Date(since).toISOString() }, { signal: stop.signal });
      if (!stop.signal.aborted) this.pile = { state: "known", posts: found.posts, authors: found.authors, sample: found.sample };
    } catch {
      if (!stop.signal.aborted) this.pile = { state: "unknown", posts: 0, authors: 0, sample: [] };
    }
  }

  // --- sending --------------------------------------------------------------------------------------------------

  private get way(): string {
    return this.channel || (matchMedia("(pointer: coarse)").matches ? "mobile_web" : "desktop_web");
  }

  private async send(): Promise<void> {
    const body = report_of(this.draft, this.situation, this.way, this.flow!.locale);
    const pile = body.pile?.since;
    // The same report keeps its key, also when "an hour ago" has moved on meanwhile.
    const like = (report: ReportRequest) => JSON.stringify({ ...report, pile: report.pile && { ...report.pile, since: "" } });
    if (!this.sent || like(this.sent.body) !== like(body) || (this.draft.since === "moment" && this.sent.body.pile?.since !== pile)) {
      this.sent = { body, key: random_key(), tries: 0 };
    }
    await this.try_again();
  }

  private async try_again(): Promise<void> {
    clearTimeout(this.timer);
    const sent = this.sent!;
    this.state = "sending";
    await this.updateComplete;
    try {
      const post = this.guest ? postGuestReports : postReports;
      this.receipt = await post(this.http, sent.body, { key: sent.key });
      this.state = "done";
      this.dispatchEvent(new CustomEvent("heed-sent", { detail: this.receipt, bubbles: true, composed: true }));
      await this.to_heading();
    } catch (error) {
      this.on_fault(error, sent);
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>("#again")?.focus();
    }
  }

  private on_fault(error: unknown, sent: { tries: number }): void {
    const status = error instanceof Problem ? error.status : 0;
    if (error instanceof NoAnswer || [408, 429, 502, 503, 504].includes(status)) {
      this.state = "waiting";
      const wait = Math.max(kWaits[Math.min(sent.tries++, kWaits.length - 1)]!, error instanceof Problem ? error.retryAfter : 0);
      this.timer = setTimeout(() => void this.try_again(), wait * 1000);
      return;
    }
    this.state = status === 401 ? "expired" : status >= 400 && status < 500 ? "refused" : "failed";
    this.details = error instanceof Problem ? (error.body.errors?.map((e) => e.detail) ?? [error.message]) : [];
    if (this.state === "expired") this.dispatchEvent(new CustomEvent("heed-token-expired", { bubbles: true, composed: true }));
  }

  private async change_country(country: string): Promise<void> {
    this.country = country;
    await this.load();
  }

  // --- what is seen ---------------------------------------------------------------------------------------------

  override render(): TemplateResult {
    if (this.state === "loading") return html`<p role="status">…</p>`;
    if (this.state === "broken") return this.broken();
    if (this.state === "done") return this.done();
    const steps = this.flow!.steps, step = steps[this.at]!, t = this.t;
    const fields = this.asked(step), last = this.at + 1 === steps.length, busy = this.state === "sending";
    const [faulty, words] = this.fault.split("\n");
    // Each step is new to the page: no control keeps anything of the one before.
    return html`${keyed(step.id, html`<section aria-labelledby="title">
      <h2 id="title" tabindex="-1" aria-level=${this.top ? 1 : nothing}><span class="step">${t["title"]} · ${fill(t["step_of"], { n: this.at + 1, of: steps.length })}</span> ${step.title}</h2>
      ${this.at === 0 ? html`<p>${t["intro"]}</p>` : nothing} ${step.text ? html`<p>${step.text}</p>` : nothing}
      <form novalidate @submit=${this.next}>
        ${fields.map((field, i) => field_view(this.as_asked(field, i === 0 && fields[0]!.kind !== "long_text", faulty === field.id)))}
        ${step.id === "extent" ? this.differing() : nothing} ${step.id === "safety" ? this.help(this.draft.fears_for_safety === "yes") : nothing}
        <div class=${words ? "faults" : ""} role="alert" id="fault">${words ? html`${t["please_check"]} ${words}` : nothing}</div>
        ${this.trouble()}
        <div class="buttons">
          ${this.at > 0 ? html`<button type="button" ?disabled=${busy} @click=${() => this.go(this.at - 1)}>${t["back"]}</button>` : nothing}
          ${this.state === "waiting" ? nothing : html`<button class="main" type="submit" ?disabled=${busy}>${busy ? t["sending"] : last ? t["send"] : t["next"]}</button>`}
        </div>
        <p class="aside" role="status">${busy ? t["sending"] : nothing}</p>
      </form>
    </section>`)}`;
  }

  private as_asked(field: FlowField, quiet: boolean, faulty: boolean): Asked {
    return { field, draft: this.draft, situation: this.situation, t: this.t, pile: this.pile, quiet, faulty, change: (part) => this.change(part) };
  }

  /** No words of the flow are here yet: the two languages that Heed speaks. */
  private broken(): TemplateResult {
    const german = (this.locale || document.documentElement.lang || navigator.language).startsWith("de");
    return html`<div role="alert" lang=${german ? "de" : "en"}>
      <p>${german ? "Die Meldung konnte nicht geladen werden. Bitte prüfen Sie Ihre Verbindung." : "The report could not be loaded. Please check your connection."}</p>
      <button type="button" @click=${() => this.load()}>${german ? "Noch einmal versuchen" : "Try again"}</button>
    </div>`;
  }

  /** Where something else happens in some of several posts. */
  private differing(): TemplateResult | typeof nothing {
    const items: Item[] = [...this.draft.items, ...links_of(this.draft).map((url): Item => ({ kind: "url", url }))];
    const options = this.flow!.steps.flatMap((s) => s.fields).find((f) => f.id === "symptoms")?.options ?? [];
    if (items.length < 2) return nothing;
    const toggle = (i: number, id: string, on: boolean) => {
      const chosen = (this.draft.differing[i] ?? []).filter((s) => s !== id);
      this.change({ differing: { ...this.draft.differing, [i]: on ? [...chosen, id] : chosen } });
    };
    return html`<details>
      <summary>${this.t["posts_differ"]}</summary>
      ${items.map(
        (item, i) => html`<details>
          <summary>${fill(this.t["post_n"], { n: i + 1 })} <bdi>${item.label ?? item.url ?? ""}</bdi></summary>
          <fieldset>
            <legend class="aside">${fill(this.t["post_n"], { n: i + 1 })}</legend>
            ${options.map(
              (o) => html`<label class="option"
                ><input type="checkbox" .checked=${live(this.draft.differing[i]?.includes(o.id) ?? false)} @change=${(e: Event) => toggle(i, o.id, (e.target as HTMLInputElement).checked)} />
                <span>${o.title}</span></label
              >`,
            )}
          </fieldset>
        </details>`,
      )}
    </details>`;
  }

  private help(open: boolean): TemplateResult {
    return html`<details ?open=${open}>
      <summary>${this.t["help_title"]}</summary>
      <div>${help_lines(this.flow!, this.topics, (country) => void this.change_country(country))}</div>
    </details>`;
  }

  private trouble(): TemplateResult | typeof nothing {
    const t = this.t;
    const words: Partial<Record<State, string | undefined>> = {
      waiting: navigator.onLine ? t["error_waiting"] : t["error_offline"], expired: t["error_expired"], refused: t["error_refused"], failed: t["error_other"],
    };
    return html`<div class=${words[this.state] ? "faults" : ""} role="alert">
      ${words[this.state]
        ? html`<p>${words[this.state]}</p>
            ${this.state === "refused" ? html`<ul>${this.details.map((detail) => html`<li><bdi>${detail}</bdi></li>`)}</ul>` : nothing}
            ${this.state === "refused" ? nothing : html`<button type="button" id="again" @click=${() => this.try_again()}>${t["error_again"]}</button>`}`
        : nothing}
    </div>`;
  }

  private done(): TemplateResult {
    const t = this.t, receipt = this.receipt!;
    const done = receipt.relief.filter((r) => r.state === "applied").map((r) => t[`done_${r.kind}`]);
    const link = this.caseLink?.(receipt) ?? this.caseUrl;
    return html`<section aria-labelledby="title">
      <h2 id="title" tabindex="-1" aria-level=${this.top ? 1 : nothing}>${t["done_title"]}</h2>
      <p>${t["done_number"]}: <span class="number">${receipt.number}</span></p>
      <p class="quiet">${t["done_number_text"]}</p>
      <p>${fill(t["done_taken"], { n: receipt.items_accepted })}</p>
      ${receipt.items_refused.length ? html`<p class="note">${t["error_gone"]} ${receipt.items_refused.map((r) => fill(t["post_n"], { n: r.index + 1 })).join(", ")}</p>` : nothing}
      ${done.map((words) => html`<p>${words}</p>`)}
      ${receipt.relief.some((r) => r.state === "not_available") ? html`<p>${t["done_not_available"]} ${receipt.relief.filter((r) => r.state === "not_available").map((r) => this.relief_title(r.kind)).join(", ")}</p>` : nothing}
      <p>${t["done_next"]}</p>
      ${receipt.case_key ? html`<p>${t["done_mail"]}</p>` : nothing}
      <div class="buttons">
        ${link ? html`<a class="button main" href=${link}>${t["done_page"]}</a>` : nothing}
        ${this.closable ? html`<button type="button" @click=${() => this.dispatchEvent(new CustomEvent("heed-close", { bubbles: true, composed: true }))}>${t["done_close"]}</button>` : nothing}
      </div>
      ${this.help(this.draft.fears_for_safety === "yes")}
    </section>`;
  }
  private relief_title(kind: string): string {
    const options = this.flow!.steps.flatMap((step) => step.fields).find((field) => field.id === "relief")?.options ?? [];
    return options.find((o) => o.id === kind)?.title ?? kind;
  }
}
