// When the reader's mails come, if many come in a day. Asked for when it is opened.
import { getMeMail, putMeMail } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import type { Asker } from "./identity.js";
import { fill } from "../shared/words.js";

type Habit = Awaited<ReturnType<typeof getMeMail>>;
const kMinutes = 24 * 60;

/** Minutes that the device's clock is ahead of UTC now. */
const ahead = (): number => -new Date().getTimezoneOffset();
const minute_of = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const clock_of = (minute: number): string => {
  const at = ((minute % kMinutes) + kMinutes) % kMinutes;
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
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
      this.habit = await putMeMail(this.page.http, { digest_at: value || null });
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
    // What the reader chooses is a time of their day; the server keeps it in UTC.
    const hours = Array.from({ length: 24 }, (_, hour) => clock_of(hour * 60 - ahead()));
    if (habit.chosen && !hours.includes(habit.digest_at)) hours.push(habit.digest_at);
    const local = (utc: string) => clock_of(minute_of(utc) + ahead());
    const kinds = Object.entries(habit.at_once).filter(([kind]) => words[`kind_${kind}`]);
    return html`<p>${m.mail_text}</p>
      ${kinds.length ? html`<ul>${kinds.map(([kind, n]) => html`<li>${fill(m.mail_kind, { kind: words[`kind_${kind}`]!, n: Number(n) })}</li>`)}</ul>` : nothing}
      <form @submit=${(e: Event) => this.keep(e)}>
        <label class="label" for="mail-at">${m.mail_at}</label>
        <span class="hint" id="mail-hint">${fill(m.mail_zone, { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}</span>
        <select id="mail-at" aria-describedby="mail-hint">
          <option value="" ?selected=${!habit.chosen}>${habit.chosen ? m.mail_house_now : fill(m.mail_house, { time: local(habit.digest_at) })}</option>
          ${hours.sort((a, b) => local(a).localeCompare(local(b))).map((utc) => html`<option value=${utc} ?selected=${habit.chosen && habit.digest_at === utc}>${local(utc)}</option>`)}
        </select>
        <button type="submit" ?disabled=${this.page.busy}>${m.mail_save}</button>
        <p class=${this.said ? "note" : "aside"} role="status">${this.said}</p>
      </form>`;
  }
}
