// The reader acts for somebody else: whom, what may be done, until when; laying it down; and what is left when it ends.
import { deleteDelegationsId, type Delegation } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import { field_of, type Page } from "./page.js";
import { name_of, scope_list } from "./people.js";
import { fill } from "../shared/words.js";

export class Acting {
  private asking = false;
  private fault = false;

  constructor(
    private readonly page: Page,
    private readonly ended: () => void,
    /** Back to the reader's own cases; nothing for whoever came with a link. */
    private readonly home?: () => void,
  ) {}

  private async lay_down(delegation: Delegation): Promise<void> {
    if (await this.page.doing(() => deleteDelegationsId(this.page.http, delegation.delegation_id))) this.ended();
  }
  private async ask(on: boolean): Promise<void> {
    this.asking = on;
    this.page.requestUpdate();
    await this.page.updateComplete;
    field_of<HTMLElement>(this.page, on ? "down-sure" : "acting")?.focus();
  }
  private report(event: Event, url: string, delegation: Delegation): void {
    event.preventDefault();
    const address = field_of<HTMLInputElement>(this.page, "their-post").value.trim();
    this.fault = !/^https?:\/\/[^/\s]\S*$/.test(address);
    this.page.requestUpdate();
    if (this.fault) field_of<HTMLElement>(this.page, "their-post").focus();
    else location.assign(`${url}#url=${encodeURIComponent(address)}${this.home ? `&behalf=${delegation.delegation_id}` : ""}`);
  }

  /** `report_url`: our page of the report flow, where there is one that knows for whom the reader acts. */
  view(delegation: Delegation, report_url: string): TemplateResult {
    const { m } = this.page, name = name_of(delegation.principal, m);
    return html`<section class="note" aria-labelledby="acting">
      <p id="acting" tabindex="-1"><strong>${fill(m.acting, { name })}</strong> ${fill(m.relief_until, { time: this.page.at(delegation.until) })}</p>
      <details><summary>${m.acting_may}</summary>${scope_list(m, delegation.scopes)}</details>
      ${report_url && this.page.may("report")
        ? html`<details ?open=${!this.page.may("read")}>
            <summary>${fill(m.acting_report, { name })}</summary>
            <form novalidate @submit=${(e: Event) => this.report(e, report_url, delegation)}>
              <p class=${this.fault ? "faults" : "aside"} role="alert">${this.fault ? m.evidence_no_link : ""}</p>
              <label class="label" for="their-post">${m.acting_post}</label>
              <input id="their-post" type="text" inputmode="url" dir="ltr" autocomplete="off" maxlength="2000" aria-invalid=${this.fault} />
              <button type="submit">${m.acting_go}</button>
            </form>
          </details>`
        : nothing}
      ${this.asking
        ? html`<div role="group" aria-labelledby="down-sure">
            <p id="down-sure" tabindex="-1">${fill(m.lay_down_sure, { name })}</p>
            <div class="buttons">
              <button type="button" class="main" ?disabled=${this.page.busy} @click=${() => this.lay_down(delegation)}>${m.lay_down_yes}</button>
              <button type="button" @click=${() => this.ask(false)}>${m.people_end_no}</button>
            </div>
          </div>`
        : html`<div class="buttons">
            ${this.home ? html`<button type="button" class="plain" @click=${this.home}>${m.acting_home}</button>` : nothing}
            <button type="button" class="plain" @click=${() => this.ask(true)}>${m.lay_down}</button>
          </div>`}
    </section>`;
  }
}
