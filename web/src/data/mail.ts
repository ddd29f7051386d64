// When the reader's mails come, if many come in a day. Asked for when it is opened.
import { getMeMail, putMeMail } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import type { Asker } from "./identity.js";
import { fill } from "../shared/words.js";

type Habit = Awaited<ReturnType<typeof getMeMail>>;
const kHours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00`);

/** The zone of the reader's device: an hour that is chosen stays that hour there when clocks change. */
const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
/** The platform's own hour is one of UTC: what the reader's clock shows then, today. */
const local = (utc: string): string => {
  const at = new Date();
  at.setUTCHours(Number(utc.slice(0, 2)), Number(utc.slice(3, 5)), 0, 0);
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
};

export class Mail {
  private habit?: Habit;
  private said = "";
  private none = false;

  constructor(private readonly page: Asker) {}

  private async look(open: boolean): Promise<void> {
    if (!open || this.habit) return;
    await this.page.doing(async () => {
      this.habit = await getMeMail(this.page.http);
    });
    this.none = !this.habit;
    this.page.requestUpdate();
  }

  private async keep(event: Event): Promise<void> {
    event.preventDefault();
    const value = this.page.renderRoot.querySelector<HTMLSelectElement>("#mail-at")!.value;
    this.said = "";
    await this.page.doing(async () => {
      this.habit = await putMeMail(this.page.http, value ? { digest_at: value.slice(0, 5), zone: value.slice(6) } : { digest_at: null });
      this.said = this.page.m.mail_saved;
    });
    this.page.requestUpdate();
  }

  view(): TemplateResult {
    const { m } = this.page;
    return html`<details @toggle=${(e: Event) => this.look((e.target as HTMLDetailsElement).open)}>
      <summary>${m.mail}</summary>
      <div>${this.habit ? this.form(this.habit) : this.none ? nothing : html`<p role="status">…</p>`}</div>
    </details>`;
  }

  private form(habit: Habit): TemplateResult {
    const { m } = this.page, words = m as unknown as Record<string, string>;
    // An hour of the reader's day; one that was chosen elsewhere keeps the name of its zone.
    const choices = kHours.map((hour) => ({ value: `${hour} ${here()}`, shown: hour }));
    const chosen = habit.chosen ? `${habit.digest_at} ${habit.zone}` : "";
    if (chosen && !choices.some((one) => one.value === chosen)) choices.push({ value: chosen, shown: habit.zone === here() ? habit.digest_at : chosen });
    const kinds = Object.entries(habit.at_once).filter(([kind]) => words[`kind_${kind}`]);
    return html`<p>${m.mail_text}</p>
      ${kinds.length ? html`<ul>${kinds.map(([kind, n]) => html`<li>${fill(m.mail_kind, { kind: words[`kind_${kind}`]!, n: Number(n) })}</li>`)}</ul>` : nothing}
      <form @submit=${(e: Event) => this.keep(e)}>
        <label class="label" for="mail-at">${m.mail_at}</label>
        <span class="hint" id="mail-hint">${fill(m.mail_zone, { zone: here() })}</span>
        <select id="mail-at" aria-describedby="mail-hint">
          <option value="" ?selected=${!habit.chosen}>${habit.chosen ? m.mail_house_now : fill(m.mail_house, { time: local(habit.digest_at) })}</option>
          ${choices.sort((a, b) => a.shown.localeCompare(b.shown)).map((one) => html`<option value=${one.value} ?selected=${one.value === chosen}>${one.shown}</option>`)}
        </select>
        <button type="submit" ?disabled=${this.page.busy}>${m.mail_save}</button>
        <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      </form>`;
  }
}
