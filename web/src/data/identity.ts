// Before anything is given out or erased: a fresh sign-in, or a code from the mailbox that is known already. What was
// asked for goes on by itself once it is shown.
import { postMeCode } from "heed-api";
import { Problem, type Http } from "heed-http";
import { html, nothing, type TemplateResult } from "lit";
import type { DataMessages } from "./element.js";
import { fill } from "../shared/words.js";

export interface Asker {
  readonly m: DataMessages;
  readonly http: Http;
  readonly busy: boolean;
  /** The language that the page speaks. */
  readonly lang: string;
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly updateComplete: Promise<boolean>;
  at(time: unknown): string;
  doing(work: () => Promise<void>): Promise<void>;
  requestUpdate(): void;
}

export class Identity {
  /** What waits for it. */
  private waiting?: () => Promise<void>;
  private said = "";
  private fault = "";
  private until = "";
  /** Goes with the next call that asks for it, once. */
  code = "";

  constructor(private readonly page: Asker) {}

  /** Asks for it if that is why the call was refused; else nothing. */
  async needed(error: unknown, again: () => Promise<void>): Promise<boolean> {
    const tried = this.code !== "";
    this.code = "";
    if (!(error instanceof Problem) || error.status !== 409 || !error.body.errors?.some((one) => one.pointer.endsWith("Heed-Code"))) return false;
    this.waiting = again;
    this.fault = tried ? this.page.m.identity_wrong : "";
    this.page.requestUpdate();
    await this.page.updateComplete;
    this.page.renderRoot.querySelector<HTMLElement>(tried ? "#identity-code" : "#identity")?.focus();
    return true;
  }
  done(): void {
    this.code = this.said = this.fault = this.until = "";
    this.waiting = undefined;
  }

  private async send(): Promise<void> {
    this.fault = "";
    await this.page.doing(async () => {
      try {
        this.until = (await postMeCode(this.page.http)).until;
        this.said = fill(this.page.m.identity_sent, { time: this.page.at(this.until) });
      } catch (error) {
        if (!(error instanceof Problem) || (error.status !== 409 && error.status !== 429)) throw error;
        this.fault = error.status === 409 ? this.page.m.identity_no_mail : this.page.m.identity_soon;
      }
      this.page.requestUpdate();
      await this.page.updateComplete;
      this.page.renderRoot.querySelector<HTMLElement>("#identity-code")?.focus();
    });
  }
  private async go(event: Event): Promise<void> {
    event.preventDefault();
    const field = this.page.renderRoot.querySelector<HTMLInputElement>("#identity-code")!, again = this.waiting;
    this.code = field.value.trim();
    if (!this.code || !again) return field.focus();
    await again();
  }

  view(): TemplateResult | typeof nothing {
    const { m } = this.page;
    if (!this.waiting) return nothing;
    return html`<section class="note" aria-labelledby="identity">
      <p id="identity" tabindex="-1"><strong>${m.identity_title}</strong></p>
      <p>${m.identity_text}</p>
      <p class=${this.fault ? "faults" : "aside"} role="alert">${this.fault}</p>
      <p role="status">${this.said}</p>
      <button type="button" ?disabled=${this.page.busy} @click=${() => this.send()}>${m.identity_send}</button>
      ${this.until
        ? html`<form @submit=${(e: Event) => this.go(e)}>
            <label class="label" for="identity-code">${m.identity_code}</label>
            <input id="identity-code" type="text" dir="ltr" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="64" />
            <button type="submit" class="main" ?disabled=${this.page.busy}>${m.identity_go}</button>
          </form>`
        : nothing}
    </section>`;
  }
}
