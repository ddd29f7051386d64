// /demo of `heed demo`: four windows on one night that move together. Her phone and the author's window are the same
// elements that any platform embeds; the rest is the small platform's own.
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { HeedCase } from "../src/case/element.js";
import { HeedReport } from "../src/report/element.js";
import { fill, when } from "../src/shared/words.js";
import { words } from "./words.js";

customElements.define("heed-report", HeedReport);
customElements.define("heed-case", HeedCase);

interface Post {
  id: string;
  author: string;
  text: string;
  at: string;
}
interface State {
  now: string;
  paused: boolean;
  over: boolean;
  take_her: boolean;
  take_reviewer: boolean;
  reported: boolean;
  decided: number;
  orders: number;
  confirmed: number;
  aimed: number;
  gone: number;
  public: Post[];
  mentions: Post[];
  author: string;
  author_told: boolean;
  in_hand: { post_id: string; text: string; lane: string } | null;
  log: Array<{ at: string; text: string }>;
}

const locale = navigator.language;
const m = words[locale.startsWith("de") ? "de" : "en"];
const token = async (who: string) => (await fetch(`/demo/token?who=${who}`)).text();
const her_token = () => token("her"), author_token = () => token("author");

class HeedDemo extends LitElement {
  static override properties = { state: { state: true }, reporting: { state: true }, at_case: { state: true } };
  declare protected state?: State;
  declare protected reporting: string;
  declare protected at_case: boolean;

  constructor() {
    super();
    this.reporting = "";
    this.at_case = false;
  }
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.lang = m === words.de ? "de" : "en";
    document.title = `Heed: ${m.title}`;
    void this.follow();
  }

  private async follow(): Promise<void> {
    let reported = false;
    while (this.isConnected) {
      try {
        this.state = (await (await fetch("/demo/state")).json()) as State;
        if (this.state.reported && !reported && !this.state.take_her) this.at_case = true;
        reported = this.state.reported;
      } catch {
        // the demonstration has ended or restarts; the last picture stays
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  private async act(what: string, more: Record<string, unknown> = {}): Promise<void> {
    const answer = await fetch("/demo/act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ what, ...more }) });
    this.state = (await answer.json()) as State;
  }

  override render(): TemplateResult {
    const s = this.state;
    if (!s) return html`<header><h1>${m.title}</h1></header>`;
    return html`<header>
        <h1>${m.title}</h1>
        <p class="clock">${when(s.now, locale)}</p>
        <p>${fill(m.figures, { aimed: s.aimed, gone: s.gone, decided: s.decided, confirmed: s.confirmed, orders: s.orders })}</p>
        ${s.over ? html`<p>${m.over}</p>` : html`<button type="button" @click=${() => this.act("pause", { on: !s.paused })}>${s.paused ? m.go : m.pause}</button>`}
        <p class="quiet">${m.sub}</p>
      </header>
      <main>${this.her(s)} ${this.reviewer(s)} ${this.author(s)} ${this.everyone(s)}</main>`;
  }

  private window(name: string, title: string, bar: TemplateResult | typeof nothing, body: TemplateResult): TemplateResult {
    return html`<section aria-labelledby=${name} data-window=${name}>
      <div class="bar"><h2 id=${name}>${title}</h2>${bar}</div>
      <div class="pane" tabindex="0" role="group" aria-labelledby=${name}>${body}</div>
    </section>`;
  }
  private takes(what: string, on: boolean): TemplateResult {
    return html`<button type="button" aria-pressed=${on} @click=${() => this.act(what, { on: !on })}>${on ? m.give : m.take}</button>`;
  }
  private list(posts: Post[], button?: (post: Post) => TemplateResult): TemplateResult {
    if (!posts.length) return html`<p>${m.none}</p>`;
    return html`<ol>
      ${posts.map((post) => html`<li dir="auto"><strong>${post.author}</strong> ${post.text} ${button ? button(post) : nothing}</li>`)}
    </ol>`;
  }

  private her(s: State): TemplateResult {
    const bar = html`${s.reported ? html`<button type="button" @click=${() => (this.at_case = !this.at_case)}>${this.at_case ? m.posts : m.case}</button>` : nothing}${this.takes("take_her", s.take_her)}`;
    if (this.reporting) {
      return this.window("her", m.her, bar, html`<button type="button" @click=${() => (this.reporting = "")}>${m.back}</button>
        <heed-report post=${this.reporting} channel="mobile_web" me="mira" .token=${her_token} @heed-sent=${() => this.act("reported")}></heed-report>`);
    }
    if (this.at_case && s.reported) return this.window("her", m.her, bar, html`<heed-case locale=${locale} .token=${her_token}></heed-case>`);
    return this.window("her", m.her, bar, html`<p class="quiet">${m.mentions}</p>
      ${this.list(s.mentions, (post) => (s.take_her ? html`<button type="button" aria-label="${m.report}: ${post.author}" @click=${() => (this.reporting = post.id)}>${m.report}</button>` : html``))}`);
  }

  private reviewer(s: State): TemplateResult {
    const hand = s.in_hand;
    const decide = (text: string) => () => this.act("decide", { text, post_id: hand!.post_id });
    return this.window("reviewer", m.reviewer, this.takes("take_reviewer", s.take_reviewer), html`
      ${hand
        ? html`<p class="quiet">${m.in_hand}</p>
            ${hand.lane === "life" ? html`<p><strong>${m.life}</strong></p>` : nothing}
            <blockquote dir="auto">${hand.text}</blockquote>
            ${s.take_reviewer
              ? html`<div class="bar"><button type="button" class="main" @click=${decide("violation")}>${m.against}</button><button type="button" @click=${decide("no_violation")}>${m.leave}</button></div>`
              : html`<p class="quiet">${m.by_itself}</p>`}`
        : html`<p>${m.queue_empty}</p>`}
      ${s.log.length ? html`<h3>${m.log}</h3><ol>${[...s.log].reverse().map((one) => html`<li><span class="quiet">${when(one.at, locale)}</span> ${one.text}</li>`)}</ol>` : nothing}`);
  }

  private author(s: State): TemplateResult {
    const write = async (event: Event) => {
      event.preventDefault();
      const field = this.querySelector<HTMLTextAreaElement>("#write")!;
      if (field.value.trim()) await this.act("write", { text: `@mira ${field.value.trim()}` });
      field.value = "";
    };
    return this.window("author", m.author, nothing, html`${s.author ? html`<p>${fill(m.author_is, { name: s.author })}</p>` : nothing}
      <form @submit=${write}>
        <label for="write">${m.write}</label>
        <textarea id="write" rows="2" maxlength="280" dir="auto"></textarea>
        <button type="submit">${m.send}</button>
      </form>
      ${s.author_told ? html`<heed-case locale=${locale} .token=${author_token}></heed-case>` : html`<p>${m.no_author}</p>`}`);
  }

  private everyone(s: State): TemplateResult {
    return this.window("everyone", m.everyone, nothing, html`<p class="quiet">${m.aimed_note}</p>${this.list(s.public)}`);
  }
}
customElements.define("heed-demo", HeedDemo);
