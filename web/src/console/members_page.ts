// <heed-members-page>: who belongs to the staff: invitations, roles, sessions. For administrators; leads invite.
import { deleteInvitationsId, deleteMembersIdSessions, getInvitations, getMembers, postInvitations, postMembersIdInvitation, putMembersId, type Member } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import { words_for, type Desk } from "./desk.js";
import { fault_of, field, value_of } from "./form.js";
import { console_style } from "./style.js";
import { from_now, moment, number, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
type Invitations = Awaited<ReturnType<typeof getInvitations>>["items"];
type Role = Member["roles"][number];
const kRoles: Role[] = ["triage", "reviewer", "lead", "legal", "analyst", "admin"];

export class HeedMembersPage extends LitElement {
  static override properties = {
    members: { state: true }, invitations: { state: true }, link: { state: true }, changing: { state: true }, fault: { state: true }, where: { state: true }, said: { state: true }, busy: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 60rem;
        margin-inline: auto;
        padding: 1rem;
      }
      .kinds {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
      }
      form input:not([type="checkbox"]) {
        max-inline-size: 24rem !important;
      }
      .link {
        inline-size: 100%;
        max-inline-size: none !important;
        font-family: ui-monospace, monospace;
      }
      .scroll {
        overflow-x: auto;
      }
      .fault {
        color: var(--alarm);
        display: block;
      }
    `,
  ];

  desk!: Desk;
  declare private members: Member[];
  declare private invitations: Invitations;
  declare private link?: { name: string; link: string; expires_at: string };
  declare private changing: string;
  declare private fault: unknown;
  declare private where: "" | "invite" | "list";
  declare private said: string;
  declare private busy: boolean;

  constructor() {
    super();
    this.members = [];
    this.invitations = [];
    this.changing = this.said = "";
    this.where = "";
    this.busy = false;
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.act("list", async () => "");
  }

  private get admin(): boolean {
    return this.desk.may("admin");
  }
  private async act(where: "invite" | "list", work: () => Promise<string>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = undefined;
    this.where = where;
    try {
      this.said = await work();
      const [members, invitations] = await Promise.all([getMembers(this.desk.http), getInvitations(this.desk.http)]);
      this.members = members.items;
      this.invitations = invitations.items;
      return true;
    } catch (error) {
      this.said = "";
      this.fault = error;
      return false;
    } finally {
      this.busy = false;
    }
  }
  private answer(where: string): View {
    if (this.where !== where) return nothing;
    const spoken = this.fault ? (this.fault instanceof Problem && this.fault.body.errors?.length ? this.fault.body.errors.map((one) => one.detail).join("; ") : words_for(this.fault)) : "";
    return html`<div role="alert" class=${spoken ? "faults" : ""}>${spoken}</div><p role="status">${this.said}</p>`;
  }

  override render(): TemplateResult {
    return html`<h1 tabindex="-1">${texts.members}</h1>${this.invite_part()}${this.list_part()}`;
  }

  // --- invitations ----------------------------------------------------------------------------------------------

  private invite_part(): TemplateResult {
    const m = texts, roles = this.admin ? kRoles : kRoles.slice(0, 2);
    return html`<section aria-labelledby="invite-title">
      <h2 id="invite-title">${m.invite}</h2>
      <p>${m.invite_text}</p>
      ${this.answer("invite")}
      <form @submit=${(event: Event) => {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        void this.act("invite", async () => {
          const chosen = kRoles.filter((role) => form.querySelector<HTMLInputElement>(`#role-${role}`)?.checked);
          this.show(await postInvitations(this.desk.http, { name: value_of(form, "member"), roles: chosen, expires_in_hours: Number(value_of(form, "hours")) || 72 }));
          form.reset();
          return m.invited;
        }).then((good) => this.focus_on(good ? "#link" : "#member"));
      }}>
        ${field({ id: "member", label: m.invite_name, hint: m.invite_name_hint, most: 64, fault: this.where === "invite" ? fault_of(this.fault, "/name") : "" })}
        <fieldset><legend>${m.roles}</legend><div class="kinds">
          ${roles.map((role) => html`<label class="check"><input type="checkbox" id="role-${role}" ?checked=${role === "reviewer"} />${word("role", role)}</label>`)}
        </div></fieldset>
        ${field({ id: "hours", label: m.invite_hours, hint: m.invite_hours_hint, numeric: true, most: 3, required: false, fault: this.where === "invite" ? fault_of(this.fault, "/expires_in_hours") : "" })}
        <div class="buttons"><button class="main" ?disabled=${this.busy}>${m.invite_make}</button></div>
      </form>
      ${this.link
        ? html`<div class="card"><label for="link">${fill(m.link_for, { name: this.link.name })}</label>
            <span class="hint">${fill(m.link_text, { until: moment(this.link.expires_at) })}</span>
            <input id="link" class="link" type="text" readonly .value=${this.link.link} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></div>`
        : nothing}
      ${this.invitations.length
        ? html`<h3>${m.invitations_wait}</h3>
            <ul>${this.invitations.map((one) => html`<li><bdi>${one.name}</bdi>, ${one.roles.map((role) => word("role", role)).join(", ")}${one.new_start ? `, ${m.new_start}` : ""}: ${fill(m.ends, { when: from_now(one.expires_at) })}
              <button type="button" class="plain" @click=${() => this.act("invite", async () => {
                await deleteInvitationsId(this.desk.http, one.invitation_id);
                return m.withdrawn;
              })}>${m.withdraw}<span class="aside"> ${one.name}</span></button></li>`)}</ul>`
        : nothing}
    </section>`;
  }
  private show(made: { name: string; link: string; expires_at: string }): void {
    this.link = { ...made, link: new URL(made.link, location.origin).href };
  }
  private async focus_on(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  // --- members --------------------------------------------------------------------------------------------------

  private list_part(): TemplateResult {
    const m = texts;
    return html`<section aria-labelledby="list-title">
      <h2 id="list-title">${m.members_all}</h2>
      ${this.answer("list")}
      <div class="scroll"><table>
        <thead><tr><th scope="col">${m.name}</th><th scope="col">${m.alias}</th><th scope="col">${m.roles}</th><th scope="col">${m.factor}</th><th scope="col">${m.sessions}</th>${this.admin ? html`<td></td>` : nothing}</tr></thead>
        <tbody>${this.members.map((one) => this.row(one))}</tbody>
      </table></div>
    </section>`;
  }
  private row(one: Member): TemplateResult {
    const m = texts, me = one.id === this.desk.staff!.id, changing = this.changing === one.id;
    const away = html`<span class="aside"> ${one.name}</span>`;
    return html`<tr>
      <th scope="row"><bdi>${one.name}</bdi>${one.disabled ? html` <span class="badge">${m.disabled}</span>` : nothing}</th>
      <td>${one.alias}</td>
      <td>${changing ? this.role_form(one) : one.roles.map((role) => word("role", role)).join(", ")}</td>
      <td>${one.second_factor ? m.factor_short_on : m.factor_short_off}</td>
      <td>${number(one.sessions)}${one.seen_at ? html`<br /><span class="small">${moment(one.seen_at)}</span>` : nothing}</td>
      ${this.admin
        ? html`<td>${me || changing
            ? nothing
            : html`<button type="button" class="plain" @click=${() => {
                  this.changing = one.id;
                  void this.focus_on("#change-first");
                }}>${m.roles_change}${away}</button>
                <button type="button" class="plain" ?disabled=${one.sessions === 0} @click=${() => this.act("list", async () => {
                  await deleteMembersIdSessions(this.desk.http, one.id);
                  return fill(m.sessions_ended, { name: one.name });
                })}>${m.sessions_end}${away}</button>
                <button type="button" class="plain" ?disabled=${one.disabled} @click=${() => void this.act("invite", async () => {
                  this.show(await postMembersIdInvitation(this.desk.http, one.id));
                  return m.invited;
                }).then((good) => (good ? this.focus_on("#link") : undefined))}>${m.new_link}${away}</button>
                <button type="button" class="plain" @click=${() => this.act("list", async () => {
                  await putMembersId(this.desk.http, one.id, { disabled: !one.disabled });
                  return fill(one.disabled ? m.let_in_again : m.shut_out, { name: one.name });
                })}>${one.disabled ? m.enable : m.disable}${away}</button>`}</td>`
        : nothing}
    </tr>`;
  }
  private role_form(one: Member): TemplateResult {
    const m = texts;
    return html`<form @submit=${(event: Event) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      void this.act("list", async () => {
        await putMembersId(this.desk.http, one.id, { roles: kRoles.filter((role) => form.querySelector<HTMLInputElement>(`[name=${role}]`)!.checked) });
        this.changing = "";
        return fill(m.roles_changed, { name: one.name });
      });
    }}>
      ${kRoles.map((role, at) => html`<label class="check"><input type="checkbox" id=${at === 0 ? "change-first" : nothing} name=${role} ?checked=${one.roles.includes(role)} />${word("role", role)}</label>`)}
      <button ?disabled=${this.busy}>${m.roles_keep}</button> <button type="button" class="plain" @click=${() => (this.changing = "")}>${m.cancel}</button>
    </form>`;
  }
}
