// <heed-unmask>: who a party is. With a reason that leads read the next morning; nothing is asked before somebody opens it.
import { getCasesId, postCasesIdUnmaskings, type WholeCase } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { base } from "../shared/style.js";
import { party_name } from "./case_dialog.js";
import { words_for, type Desk } from "./desk.js";
import { console_style } from "./style.js";
import { texts } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Person = Awaited<ReturnType<typeof postCasesIdUnmaskings>>;

export class HeedUnmask extends LitElement {
  static override properties = { case: {}, parties: { state: true }, person: { state: true }, fault: { state: true }, busy: { state: true }, open: { state: true } };
  static override styles = [base, console_style];

  desk!: Desk;
  declare case: string;
  declare private parties?: NonNullable<WholeCase["parties"]>;
  declare private person?: Person;
  declare private fault: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.case = this.fault = "";
    this.busy = false;
  }
  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get("case")) this.parties = this.person = undefined;
  }

  private async opened(event: Event): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.parties) return;
    try {
      this.parties = ((await getCasesId(this.desk.http, this.case)) as WholeCase).parties ?? [];
      this.fault = "";
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async unmask(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const party = Number(form.querySelector("select")!.value), reason = form.querySelector("textarea")!.value.trim();
    this.busy = true;
    this.person = undefined;
    try {
      this.person = await postCasesIdUnmaskings(this.desk.http, this.case, { party, reason });
      this.fault = "";
      form.querySelector("textarea")!.value = "";
    } catch (error) {
      this.fault = error instanceof Problem && error.status === 403 ? texts.unmask_lead : words_for(error);
    } finally {
      this.busy = false;
    }
  }

  override render(): View {
    const m = texts;
    if (!this.desk.may("reviewer", "lead", "legal")) return nothing;
    return html`<details id="unmask" @toggle=${(event: Event) => this.opened(event)}>
      <summary>${m.unmask}</summary>
      <p class="small">${m.unmask_text}</p>
      <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
      ${this.parties
        ? html`<form @submit=${this.unmask}>
            <label for="party">${m.unmask_whom}</label>
            <select id="party">${this.parties.filter((one) => !one.erased).map((one) => html`<option value=${one.party}>${party_name(one.party, one.roles)}</option>`)}</select>
            <label for="reason">${m.unmask_why}</label>
            <textarea id="reason" rows="2" minlength="10" maxlength="500" required></textarea>
            <div class="buttons"><button ?disabled=${this.busy}>${m.unmask_do}</button></div>
          </form>`
        : nothing}
      <div role="status">${this.person
        ? html`<p class="card"><bdi>${[this.person.handle, this.person.account_id, this.person.name, this.person.mail].filter(Boolean).join(" · ")}</bdi></p>`
        : nothing}</div>
    </details>`;
  }
}
