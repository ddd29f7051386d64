// <heed-invitation>: whoever follows the link of an invitation chooses a password here.
import { postInvitationsAcceptances, postInvitationsOpenings } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { field, fault_of, value_of } from "./form.js";
import { console_style } from "./style.js";
import { moment, texts, word } from "./texts.js";

type Opened = Awaited<ReturnType<typeof postInvitationsOpenings>>;

export class HeedInvitation extends LitElement {
  static override properties = { opened: { state: true }, fault: { state: true }, busy: { state: true }, differs: { state: true } };
  static override styles = [base, console_style];

  desk!: Desk;
  token = "";
  declare private opened?: Opened;
  declare private fault: unknown;
  declare private busy: boolean;
  declare private differs: boolean;

  constructor() {
    super();
    this.busy = this.differs = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void postInvitationsOpenings(this.desk.http, { token: this.token }).then(
      (opened) => (this.opened = opened),
      (error) => (this.fault = error),
    );
  }

  private async accept(event: Event): Promise<void> {
    event.preventDefault();
    const password = value_of(this.renderRoot, "chosen");
    this.fault = undefined;
    this.differs = password !== value_of(this.renderRoot, "again");
    if (!this.differs) {
      this.busy = true;
      try {
        this.desk.entered(await postInvitationsAcceptances(this.desk.http, { token: this.token, password }));
        this.dispatchEvent(new CustomEvent("entered"));
        return;
      } catch (error) {
        this.fault = error;
      } finally {
        this.busy = false;
      }
    }
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }

  override render(): TemplateResult {
    const m = texts, one = this.opened;
    if (!one) {
      const gone = this.fault instanceof Problem && this.fault.status === 404;
      return html`<h1 tabindex="-1">${m.invitation}</h1>
        ${this.fault ? html`<div class="faults" role="alert">${gone ? m.invitation_gone : words_for(this.fault)}</div><p><a href="#/queue">${m.sign_in}</a></p>` : html`<p role="status">${m.loading}</p>`}`;
    }
    const wrong = fault_of(this.fault, "/password");
    return html`<h1 tabindex="-1">${one.new_start ? m.invitation_again : m.invitation}</h1>
      <p>${fill(one.new_start ? m.invitation_again_text : m.invitation_text, { name: one.name, roles: one.roles.map((role) => word("role", role)).join(", "), until: moment(one.expires_at) })}</p>
      <div role="alert" class=${this.fault && !wrong ? "faults" : ""}>${this.fault && !wrong ? words_for(this.fault) : nothing}</div>
      <form @submit=${this.accept}>
        <label for="who">${m.name}</label><input id="who" type="text" autocomplete="username" .value=${one.name} readonly />
        ${field({ id: "chosen", label: m.password_new, hint: m.password_hint, type: "password", autocomplete: "new-password", most: 1024, fault: wrong ? m.account_fault_new_password : "" })}
        ${field({ id: "again", label: m.password_again, type: "password", autocomplete: "new-password", most: 1024, fault: this.differs ? m.password_differs : "" })}
        <div class="buttons"><button class="main" ?disabled=${this.busy}>${this.busy ? m.signing_in : m.invitation_accept}</button></div>
      </form>`;
  }
}
