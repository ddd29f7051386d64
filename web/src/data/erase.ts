// Erasure: asked twice, then what went and what stays, until when and why, as the server says it.
import { deleteMeData } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import type { Asker } from "./identity.js";
import { fill } from "../shared/words.js";

type Erased = Awaited<ReturnType<typeof deleteMeData>>;

export class Erase {
  private asking = false;
  private erased?: Erased;

  constructor(
    private readonly page: Asker & { heading(words: string, id?: string): TemplateResult },
    private readonly after: () => void,
    private readonly run: (work: () => Promise<void>) => Promise<void>,
  ) {}

  private async ask(on: boolean): Promise<void> {
    this.asking = on;
    this.page.requestUpdate();
    await this.page.updateComplete;
    this.page.renderRoot.querySelector<HTMLElement>(on ? "#erase-sure" : "#erase")?.focus();
  }

  private async erase(): Promise<void> {
    await this.run(async () => {
      this.erased = await deleteMeData(this.page.http, { locale: this.page.lang });
      this.asking = false;
      this.after();
      this.page.requestUpdate();
      await this.page.updateComplete;
      this.page.renderRoot.querySelector<HTMLElement>("#erased")?.focus();
    });
  }

  view(): TemplateResult {
    const { m } = this.page;
    if (this.erased) return this.what_went(this.erased);
    return html`${this.page.heading(m.erase, "erase")}
      <p id="erase-hint">${m.erase_text}</p>
      ${this.asking
        ? html`<div class="note" role="group" aria-labelledby="erase-sure">
            <p id="erase-sure" tabindex="-1">${m.erase_sure}</p>
            <div class="buttons">
              <button type="button" ?disabled=${this.page.busy} @click=${() => this.erase()}>${m.erase_yes}</button>
              <button type="button" class="main" @click=${() => this.ask(false)}>${m.erase_no}</button>
            </div>
          </div>`
        : html`<button type="button" aria-describedby="erase-hint" @click=${() => this.ask(true)}>${m.erase_ask}</button>`}`;
  }

  private what_went(erased: Erased): TemplateResult {
    const { m } = this.page;
    const words = m as unknown as Record<string, string>;
    return html`${this.page.heading(m.erased_title, "erased")}
      <p>${fill(m.erased_cases, { n: erased.erased.cases })}</p>
      ${erased.stays.length
        ? html`<p>${m.stays}</p>
            <ul>
              ${erased.stays.map((one) => html`<li>
                <strong>${one.what === "case" ? (one.number ? fill(m.stays_case, { number: one.number }) : m.stays_a_case) : words[`stays_${one.what}`]}</strong>${one.until ? `, ${fill(m.until, { time: this.page.at(one.until) })}` : ""}:
                ${one.text}
              </li>`)}
            </ul>`
        : nothing}
      ${erased.rule ? html`<p>${erased.rule}</p>` : nothing}`;
  }
}
