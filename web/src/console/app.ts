// <heed-console>: sign-in, the frame around every page, keys, breaks.
import { getQueues } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { app_style } from "./app_style.js";
import type { HeedCaseDesk } from "./case_desk.js";
import { Desk, words_for } from "./desk.js";
import { press, shown_key, type Command } from "./keys.js";
import { HeedSearchPage } from "./search_page.js";
import { Shift } from "./shift.js";
import { console_style } from "./style.js";
import { number, span_of, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Place = { page: "queue"; queue: string } | { page: "case"; id: string; claim: string } | { page: "leads" | "search" | "rules" | "house" | "practice" | "account" | "members" | "looks" | "second" };
type Queues = Awaited<ReturnType<typeof getQueues>>["items"];

const kCategories = ["threat", "sexual_threat", "sexual_harassment", "stalking", "hate", "insult", "harassment", "incitement", "self_harm", "private_information", "intimate_images", "spam"];

export class HeedConsole extends LitElement {
  static override properties = {
    stage: { state: true }, place: { state: true }, queues: { state: true }, there: { state: true }, fault: { state: true }, busy: { state: true }, dialog: { state: true }, tick: { state: true },
  };
  static override styles = [base, console_style, app_style];

  declare private stage: "loading" | "out" | "in" | "paused" | "unreachable";
  declare private place: Place;
  declare private queues: Queues;
  declare private there: boolean;
  declare private fault: string;
  declare private busy: boolean;
  declare private dialog: "" | "keys" | "choices";
  declare private tick: number;
  private readonly desk = new Desk();
  private readonly shift = new Shift();
  private later = 0;
  private timers: Array<ReturnType<typeof setInterval>> = [];

  constructor() {
    super();
    this.stage = "loading";
    this.place = { page: "queue", queue: "default" };
    this.queues = [];
    this.there = true;
    this.fault = "";
    this.busy = false;
    this.dialog = "";
    this.tick = 0;
    this.desk.signed_out = () => {
      if (this.stage === "in") this.fault = texts.fault_session;
      this.stage = "out";
    };
    let soon: ReturnType<typeof setTimeout> | undefined;
    this.shift.changed = () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        this.tick++;
      }, 500);
    };
    this.desk.connection = (there) => (this.there = there);
  }

  override updated(): void {
    // A case has its own scrolling list: the frame does not scroll around it.
    this.toggleAttribute("fixed", this.stage === "in" && this.place.page === "case");
  }
  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.routed);
    addEventListener("keydown", this.pressed);
    addEventListener("pointerdown", this.touched);
    this.timers = [setInterval(() => this.minute(), 10_000), setInterval(() => void this.count(), 15_000)];
    this.desk.ready = () => this.enter();
    void this.begin();
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.routed);
    removeEventListener("keydown", this.pressed);
    removeEventListener("pointerdown", this.touched);
    this.timers.forEach(clearInterval);
  }

  private async begin(): Promise<void> {
    try {
      await this.desk.resume();
      this.enter();
    } catch (error) {
      this.stage = error instanceof Problem && error.status === 401 ? "out" : "unreachable";
      if (this.stage === "unreachable") this.fault = words_for(error);
    }
  }
  private enter(): void {
    this.shift.open(this.desk.staff!.id);
    if (this.desk.reviews) void this.shift.count_with(this.desk.http);
    this.dress();
    this.fault = "";
    this.stage = "in";
    this.routed();
    void this.count();
  }
  private dress(): void {
    const theme = this.shift.choices.theme;
    if (theme) {
      this.setAttribute("theme", theme);
      document.documentElement.dataset["theme"] = theme;
    } else {
      this.removeAttribute("theme");
      delete document.documentElement.dataset["theme"];
    }
    // The sheets of the pages inside follow the same attribute.
    const page = this.renderRoot ? this.page : null;
    if (theme) page?.setAttribute("theme", theme);
    else page?.removeAttribute("theme");
    page?.requestUpdate?.();
    this.requestUpdate();
  }

  private routed = (): void => {
    const [, page, a, b] = location.hash.split("/");
    this.place = page === "case" && a ? { page: "case", id: a, claim: b ?? "" } : page === "leads" || page === "search" || page === "rules" || page === "house" || page === "practice" || page === "account" || page === "members" || page === "looks" || page === "second" ? { page } : { page: "queue", queue: a || this.first_queue() };
    const titles = { case: texts.case, leads: texts.lead_title, search: texts.search, rules: texts.rules_title, house: texts.admin_title, practice: texts.practice, account: texts.account, members: texts.members, looks: texts.looks, second: texts.second_look, queue: this.place.page === "queue" ? word("queue", this.place.queue) : "" };
    document.title = `${titles[this.place.page]} · Heed`;
    void this.updateComplete.then(() => this.page?.renderRoot?.querySelector<HTMLElement>("h1")?.focus());
  };
  private first_queue(): string {
    return this.desk.may("triage", "reviewer", "lead") ? "default" : "legal";
  }
  private get overview(): boolean {
    return this.desk.reviews || this.desk.may("analyst", "admin");
  }
  private get authors(): boolean {
    return this.desk.may("lead", "analyst", "admin");
  }
  private get runs(): boolean {
    return this.desk.may("lead", "admin");
  }
  private get page(): (LitElement & { commands?: () => Command[]; digit?: (n: number) => boolean }) | null {
    return this.renderRoot.querySelector("[data-page]");
  }

  private async count(): Promise<void> {
    if (this.stage !== "in" || !this.desk.reviews) return;
    this.queues = await getQueues(this.desk.http).then((list) => list.items, () => this.queues);
  }
  private minute(): void {
    if (this.stage === "in") this.shift.tick();
    this.tick++;
  }
  private touched = (): void => this.shift.touch();

  // --- keys -----------------------------------------------------------------------------------------------------

  private commands(): Command[] {
    const m = texts;
    return [
      { keys: ["?"], name: m.key_help, does: () => this.show("keys") },
      { keys: ["q"], name: m.key_queue, does: () => (location.hash = "#/queue") },
      { keys: ["l"], name: m.key_leads, does: () => (location.hash = "#/leads"), off: !this.overview },
      { keys: ["y"], name: m.key_rules, does: () => (location.hash = "#/rules"), off: !this.authors },
      { keys: ["H"], name: m.key_house, does: () => (location.hash = "#/house"), off: !this.runs },
      { keys: ["/"], name: m.key_search, does: () => (location.hash = "#/search"), off: !this.desk.reviews },
      { keys: ["P"], name: m.key_practice, does: () => (location.hash = "#/practice"), off: !this.desk.reviews },
      { keys: ["p"], name: m.key_pause, does: () => void this.pause() },
      { keys: ["t"], name: m.key_theme, does: () => this.theme() },
      { keys: [","], name: m.key_choices, does: () => this.show("choices") },
    ];
  }
  private pressed = (event: KeyboardEvent): void => {
    this.shift.touch();
    if (this.stage !== "in") return;
    const inside = event.composedPath().some((one) => one instanceof HTMLDialogElement);
    if (inside) return;
    const single = this.shift.choices.keys;
    const page = this.page;
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type));
    if (single && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && /^[1-9]$/.test(event.key) && page?.digit?.(Number(event.key))) {
      event.preventDefault();
      return;
    }
    press(event, [...(page?.commands?.() ?? []), ...this.commands()], single);
  };

  private async show(which: "keys" | "choices"): Promise<void> {
    this.dialog = which;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLDialogElement>("dialog")?.showModal();
  }
  private shut = (): void => {
    this.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close();
    this.dialog = "";
  };

  // --- doing ----------------------------------------------------------------------------------------------------

  private async sign_in(event: Event): Promise<void> {
    event.preventDefault();
    const name = this.renderRoot.querySelector<HTMLInputElement>("#name")!, password = this.renderRoot.querySelector<HTMLInputElement>("#password")!, code = this.renderRoot.querySelector<HTMLInputElement>("#code")!;
    if (!name.value) return name.focus();
    if (!password.value) return password.focus();
    this.busy = true;
    this.fault = "";
    try {
      await this.desk.sign_in(name.value.trim(), password.value, code.value.trim());
      password.value = code.value = "";
      this.enter();
    } catch (error) {
      this.fault = error instanceof Problem && error.status === 401 ? texts.wrong : error instanceof Problem && error.status === 429 ? fill(texts.throttled, { seconds: error.retryAfter || 60 }) : words_for(error);
      password.value = "";
      password.focus();
    } finally {
      this.busy = false;
    }
  }
  private async sign_out(): Promise<void> {
    try {
      const page = this.page as HeedCaseDesk | null;
      if (this.place.page === "case") await page?.give_back();
      await this.desk.sign_out();
      HeedSearchPage.forget();
      this.stage = "out";
      location.hash = "";
    } catch (error) {
      this.fault = words_for(error);
      if (error instanceof Problem && error.status === 401) this.stage = "out"; // it was over already
    }
  }
  /** The claim goes back first: nobody waits for somebody who rests. */
  private async pause(): Promise<void> {
    if (this.place.page === "case" && !(await (this.page as HeedCaseDesk | null)?.give_back())) return;
    location.hash = "#/queue";
    this.stage = "paused";
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#back")?.focus();
  }
  private resume(): void {
    this.shift.rested();
    this.stage = "in";
    this.routed();
  }
  private theme(): void {
    const now = this.shift.choices.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    this.shift.choices.theme = now === "dark" ? "light" : "dark";
    this.shift.keep();
    this.dress();
  }
  private choose(change: () => void): void {
    change();
    this.shift.keep();
    this.dress();
    this.page?.requestUpdate();
    (this.page?.renderRoot?.querySelector("heed-pile") as LitElement | null)?.requestUpdate();
  }

  // --- what is seen ---------------------------------------------------------------------------------------------

  override render(): TemplateResult {
    const m = texts;
    switch (this.stage) {
      case "loading": return html`<main class="alone"><p role="status">${m.loading}</p></main>`;
      case "unreachable": return html`<main class="alone"><h1>Heed</h1><div class="faults" role="alert">${this.fault}</div><button type="button" @click=${() => this.begin()}>${m.again}</button></main>`;
      case "out": return this.door();
      case "paused": return html`<main class="alone">
        <h1 tabindex="-1">${m.paused}</h1>
        <p>${m.paused_text}</p>
        <p>${fill(m.shift_so_far, { time: span_of(this.shift.active), seen: number(this.shift.seen), decided: number(this.shift.decided) })}</p>
        <button type="button" id="back" class="main" @click=${() => this.resume()}>${m.back_to_work}</button>
      </main>`;
      default: return this.frame();
    }
  }

  private door(): TemplateResult {
    const m = texts, token = /^#\/invitation\/(hi_[\w-]+)$/.exec(location.hash)?.[1];
    if (token) {
      return html`<main class="alone"><heed-invitation .desk=${this.desk} .token=${token} @entered=${() => {
        location.hash = "";
        void this.begin();
      }}></heed-invitation></main>`;
    }
    return html`<main class="alone">
      <h1>${m.sign_in}</h1>
      <p>${m.sign_in_text}</p>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      <form @submit=${this.sign_in}>
        <label for="name">${m.name}</label>
        <input id="name" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required />
        <label for="password">${m.password}</label>
        <input id="password" type="password" autocomplete="current-password" maxlength="1024" required />
        <label for="code">${m.code}</label>
        <span class="hint" id="code-hint">${m.code_hint}</span>
        <input id="code" type="text" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="20" aria-describedby="code-hint" />
        <button class="main" ?disabled=${this.busy}>${this.busy ? m.signing_in : m.sign_in}</button>
      </form>
    </main>`;
  }

  private frame(): TemplateResult {
    const m = texts, staff = this.desk.staff!, shift = this.shift;
    const here = (page: string) => (this.place.page === page ? "page" : nothing);
    return html`<header>
        <button type="button" class="skip" @click=${() => this.page?.renderRoot?.querySelector<HTMLElement>("h1")?.focus()}>${m.skip}</button>
        <nav aria-label=${m.pages}>
          ${this.queues.length ? this.queues.map((one) => this.queue_link(one)) : nothing}
          ${this.desk.reviews ? html`<a href="#/search" aria-current=${here("search")}>${m.search}</a>` : nothing}
          ${this.overview ? html`<a href="#/leads" aria-current=${here("leads")}>${m.lead_title}</a>` : nothing}
          ${this.authors ? html`<a href="#/rules" aria-current=${here("rules")}>${m.rules_title}</a>` : nothing}
          ${this.runs ? html`<a href="#/house" aria-current=${here("house")}>${m.admin_title}</a>` : nothing}
          ${this.desk.may("lead", "admin") ? html`<a href="#/members" aria-current=${here("members")}>${m.members}</a> <a href="#/looks" aria-current=${here("looks")}>${m.looks}</a>` : nothing}
        </nav>
        <div class="row small">
          <span title=${m.shift_title}>${fill(m.shift_line, { time: span_of(shift.active), seen: number(shift.seen) })}</span>
          <button type="button" class="plain" @click=${() => this.pause()}>${m.pause}<kbd>p</kbd></button>
          <button type="button" class="plain" @click=${() => this.show("keys")}>${m.keys}<kbd>?</kbd></button>
          <button type="button" class="plain" @click=${() => this.show("choices")}>${m.choices}<kbd>,</kbd></button>
          <a href="#/account" aria-current=${here("account")}>${staff.alias}<span class="aside"> ${m.account}</span></a>
          <button type="button" class="plain" @click=${() => this.sign_out()}>${m.sign_out}</button>
        </div>
      </header>
      <div class="strips" role="status">
        ${this.there ? nothing : html`<p class="strip late">${m.no_connection}</p>`}
        ${this.fault ? html`<p class="strip late">${this.fault}</p>` : nothing}
        ${shift.break_due && Date.now() > this.later
          ? html`<p class="strip">${fill(m.break_due, { time: span_of(shift.since_break) })}
              <button type="button" class="plain" @click=${() => this.pause()}>${m.pause}</button>
              <button type="button" class="plain" @click=${() => {
                this.later = Date.now() + 15 * 60_000;
                this.requestUpdate();
              }}>${m.later}</button></p>`
          : nothing}
      </div>
      <main id="main">${this.inside()}</main>
      ${this.dialogs()}`;
  }

  private queue_link(one: Queues[number]): TemplateResult {
    const urgent = one.lanes.filter((lane) => lane.lane !== "rest").reduce((n, lane) => n + lane.cases, 0);
    const all = one.lanes.reduce((n, lane) => n + lane.cases, 0), more = one.lanes.some((lane) => lane.more);
    const here = this.place.page === "queue" && this.place.queue === one.queue;
    return html`<a href="#/queue/${one.queue}" aria-current=${here ? "page" : nothing}
      >${word("queue", one.queue)} <span class="count">${number(all)}${more ? "+" : ""}</span>${urgent ? html` <span class="count life">${fill(texts.urgent, { n: number(urgent) })}</span>` : nothing}</a
    >`;
  }

  private inside(): View {
    const theme = this.shift.choices.theme || nothing;
    if (this.desk.unready || this.place.page === "account") return html`<heed-account-page data-page theme=${theme} .desk=${this.desk}></heed-account-page>`;
    if (this.place.page === "members" && this.desk.may("lead", "admin")) return html`<heed-members-page data-page theme=${theme} .desk=${this.desk}></heed-members-page>`;
    if (this.place.page === "looks" && this.desk.may("lead", "admin")) return html`<heed-looks-page data-page theme=${theme} .desk=${this.desk}></heed-looks-page>`;
    const page = this.place.page;
    if (page === "rules" && this.authors) return html`<heed-rules-page data-page theme=${theme} .desk=${this.desk}></heed-rules-page>`;
    if (page === "house" && this.runs) return html`<heed-admin-page data-page theme=${theme} .desk=${this.desk}></heed-admin-page>`;
    if (!this.desk.reviews && this.overview) return html`<heed-lead-page data-page theme=${theme} .desk=${this.desk}></heed-lead-page>`;
    if (!this.desk.reviews) return html`<div class="alone" data-page><h1 tabindex="-1">${texts.nothing_for_role}</h1><p>${fill(texts.nothing_for_role_text, { roles: this.desk.staff!.roles.map((role) => word("role", role)).join(", ") })}</p></div>`;
    switch (this.place.page) {
      case "queue": return html`<heed-queue-page data-page theme=${theme} .desk=${this.desk} .shift=${this.shift} .queue=${this.place.queue}></heed-queue-page>`;
      case "search": return html`<heed-search-page data-page theme=${theme} .desk=${this.desk} .shift=${this.shift}></heed-search-page>`;
      case "members":
      case "looks":
      case "leads": return html`<heed-lead-page data-page theme=${theme} .desk=${this.desk}></heed-lead-page>`;
      case "second": return html`<heed-second-look-page data-page theme=${theme} .desk=${this.desk} .shift=${this.shift}></heed-second-look-page>`;
      case "practice": return html`<heed-practice-page data-page theme=${theme}></heed-practice-page>`;
      case "rules":
      case "house": return html`<div class="alone" data-page><h1 tabindex="-1">${texts.nothing_for_role}</h1></div>`;
      case "case": return html`<heed-case-desk data-page theme=${theme} .desk=${this.desk} .shift=${this.shift} .case=${this.place.id} .claim=${this.place.claim} @done=${() => void this.count()}></heed-case-desk>`;
    }
  }

  private dialogs(): View {
    const m = texts;
    if (!this.dialog) return nothing;
    const keys = this.dialog === "keys";
    return html`<dialog aria-labelledby="dialog-title" @close=${() => (this.dialog = "")}>
      <h2 id="dialog-title">${keys ? m.keys : m.choices}</h2>
      ${keys ? this.key_list() : this.choice_list()}
      <div class="buttons"><button type="button" class="main" @click=${this.shut}>${m.close}</button></div>
    </dialog>`;
  }
  private key_list(): TemplateResult {
    const m = texts;
    const list = (commands: Command[]) => html`<table>${commands.map((one) => html`<tr><td>${one.keys.map((key) => html`<kbd>${shown_key(key)}</kbd> `)}</td><td>${one.name}</td></tr>`)}</table>`;
    const here = this.page?.commands?.().map((one) => ({ ...one, off: false })) ?? [];
    return html`${this.shift.choices.keys ? nothing : html`<p>${m.keys_off}</p>`}${here.length ? html`<h3>${m.keys_here}</h3>${list(here)}` : nothing}<h3>${m.keys_everywhere}</h3>${list(this.commands())}`;
  }
  private choice_list(): TemplateResult {
    const m = texts, choices = this.shift.choices, shift = this.shift;
    const check = (on: boolean, text: string, set: (on: boolean) => void) => html`<label class="check"><input type="checkbox" .checked=${on} @change=${(event: Event) => this.choose(() => set((event.target as HTMLInputElement).checked))} />${text}</label>`;
    const value = (event: Event) => (event.target as HTMLSelectElement).value;
    const categories = Object.entries(shift.by_category).filter(([name]) => name !== "none").sort((a, b) => b[1] - a[1]);
    return html`<p>${m.choices_text}</p>
      ${check(choices.collapse, m.choose_collapse, (on) => (choices.collapse = on))}
      <fieldset><legend>${m.choose_avoid}</legend><span class="hint">${m.choose_avoid_hint}</span>
        <div class="kinds">${kCategories.map((one) => check(choices.avoid.includes(one), word("category", one), (on) => (choices.avoid = on ? [...choices.avoid, one] : choices.avoid.filter((other) => other !== one))))}</div>
      </fieldset>
      ${check(choices.skip, m.choose_skip, (on) => (choices.skip = on))}
      ${check(choices.rotate, m.choose_rotate, (on) => (choices.rotate = on))}
      <label for="cap">${m.choose_cap}</label>
      <select id="cap" @change=${(event: Event) => this.choose(() => (choices.cap = Number(value(event))))}>
        ${[0, 100, 200, 500, 1000].map((n) => html`<option value=${n} ?selected=${n === choices.cap}>${n ? fill(m.n_posts, { n: number(n) }) : m.never}</option>`)}
      </select>
      ${check(choices.blur, m.choose_blur, (on) => (choices.blur = on))}
      ${check(choices.grey, m.choose_grey, (on) => (choices.grey = on))}
      <p class="small">${m.pictures}</p>
      <p><a href="#/practice" @click=${this.shut}>${m.practice}</a></p>
      <label for="break">${m.choose_break}</label>
      <select id="break" @change=${(event: Event) => this.choose(() => (choices.break_after = Number(value(event))))}>
        ${[0, 25, 50, 75].map((minutes) => html`<option value=${minutes} ?selected=${minutes === choices.break_after}>${minutes ? fill(m.minutes, { n: minutes }) : m.never}</option>`)}
      </select>
      <label for="theme">${m.choose_theme}</label>
      <select id="theme" @change=${(event: Event) => this.choose(() => (choices.theme = value(event) as "" | "light" | "dark"))}>
        ${["", "light", "dark"].map((theme) => html`<option value=${theme} ?selected=${theme === choices.theme}>${theme === "light" ? m.theme_light : theme === "dark" ? m.theme_dark : m.theme_system}</option>`)}
      </select>
      ${check(choices.keys, m.choose_keys, (on) => (choices.keys = on))}
      <h3>${m.this_shift}</h3>
      <p>${fill(m.shift_so_far, { time: span_of(shift.active), seen: number(shift.seen), decided: number(shift.decided) })}</p>
      ${categories.length ? html`<p class="small">${categories.map(([name, n]) => `${word("category", name)}: ${number(n)}`).join(" · ")}</p>` : nothing}
      <button type="button" class="plain" @click=${() => this.choose(() => shift.begin_anew())}>${m.begin_anew}</button>`;
  }
}
