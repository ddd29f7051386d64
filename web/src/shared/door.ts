// <heed-door>: in front of a page that a delegate's link opens. Loading it spends nothing; whoever presses the button is in.
// A link that opens no more can be exchanged for a new one, which goes to the address that was given; nothing tells whether it did.
import { postDelegateLinks, postDelegateLinksOpenings } from "heed-api";
import { Http, NoAnswer, Problem } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import type de from "../../messages/de.json";
import { base } from "./style.js";

export class Door extends LitElement {
  static override properties = { m: { attribute: false }, link: { attribute: false }, state: {}, top: { type: Boolean }, fault: { state: true }, sent: { state: true }, busy: { state: true } };
  static override styles = base;

  declare m: typeof de;
  declare link: string;
  /** Over: below a page that has just closed. */
  declare state: "closed" | "spent" | "over";
  declare top: boolean;
  declare protected fault: string;
  declare protected sent: boolean;
  declare protected busy: boolean;
  /** What the link gave. */
  token = "";

  constructor() {
    super();
    this.state = "closed";
    this.fault = "";
    this.top = this.sent = this.busy = false;
  }

  private async press(work: (http: Http) => Promise<void>): Promise<void> {
    this.busy = true;
    this.fault = "";
    try {
      await work(new Http(location.origin, () => "", undefined, undefined, undefined, true));
    } catch (error) {
      this.fault = error instanceof NoAnswer ? this.m.fault_offline : this.m.fault_other;
    } finally {
      this.busy = false;
    }
  }

  private open(): Promise<void> {
    return this.press(async (http) => {
      try {
        this.token = (await postDelegateLinksOpenings(http, { link: this.link })).token;
      } catch (error) {
        if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 422)) throw error;
        this.state = "spent";
        this.dispatchEvent(new Event("heed-spent"));
        await this.updateComplete;
        this.renderRoot.querySelector<HTMLElement>("#words")?.focus();
        return;
      }
      this.dispatchEvent(new Event("heed-opened"));
    });
  }
  private ask(): Promise<void> {
    return this.press(async (http) => {
      await postDelegateLinks(http, { link: this.link });
      this.sent = true;
    });
  }

  override render(): TemplateResult {
    const { m, state } = this, closed = state === "closed";
    const words = closed ? m.door_text : state === "spent" ? m.door_spent : m.door_over;
    return html`<section aria-label=${m.door_title}>
      ${this.top ? html`<h1>${m.door_title}</h1>` : nothing}
      <p id="words" tabindex="-1">${words}</p>
      <p class=${this.fault ? "faults" : "aside"} role="alert">${this.fault}</p>
      <p class=${this.sent ? "note" : "aside"} role="status">${this.sent ? m.door_sent : ""}</p>
      ${closed
        ? html`<button type="button" class="main" ?disabled=${this.busy} @click=${() => this.open()}>${m.door_open}</button>`
        : html`<button type="button" ?disabled=${this.busy || this.sent} @click=${() => this.ask()}>${m.door_new}</button>`}
    </section>`;
  }
}
