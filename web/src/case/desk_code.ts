// The code that a person reads out at the desk or on the telephone: made when asked for, shown until it is over.
import { postCasesIdDeskCode } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import { field_of, type Page } from "./page.js";
import { fill } from "../shared/words.js";

export class DeskCode {
  private code?: { code: string; until: string; opened: number };
  private over = "";
  private timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly page: Page) {}

  /** Takes the code off the page. */
  clear(): void {
    clearTimeout(this.timer);
    this.code = undefined;
    this.over = "";
  }

  private openings(): number {
    return this.page.events.filter((event) => event.kind === "desk_opened").length;
  }
  private end(why: string): void {
    this.clear();
    this.over = why;
    this.page.requestUpdate();
  }

  /** After the case was read again: a code that was used is over. */
  look(): void {
    if (this.code && this.openings() > this.code.opened) this.end(this.page.m.code_used);
  }

  private async make(): Promise<void> {
    await this.page.doing(async () => {
      const made = await postCasesIdDeskCode(this.page.http, this.page.case);
      this.clear();
      this.code = { ...made, opened: this.openings() };
      this.timer = setTimeout(() => this.end(this.page.m.code_over), Math.max(0, new Date(made.until).getTime() - Date.now()));
      this.page.requestUpdate();
      await this.page.updateComplete;
      field_of<HTMLElement>(this.page, "code")?.focus();
    });
  }

  view(): TemplateResult | typeof nothing {
    const { m } = this.page;
    if (!this.page.may("talk") || !this.page.own?.number) return nothing; // without a number there is nothing to open yet
    return html`${this.page.heading(m.code)}
      <p id="code-hint">${m.code_text}</p>
      ${this.code
        ? html`<div class="note">
            <p id="code" class="number" tabindex="-1" aria-describedby="code-until">${this.code.code}</p>
            <p id="code-until">${fill(m.code_until, { time: this.page.at(this.code.until) })}</p>
            <button type="button" @click=${() => this.end("")}>${m.code_hide}</button>
          </div>`
        : html`<button type="button" aria-describedby="code-hint" ?disabled=${this.page.busy} @click=${() => this.make()}>${m.code_make}</button>`}
      <p role="status">${this.over}</p>`;
  }
}
