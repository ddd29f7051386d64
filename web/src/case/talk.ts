// What a party and the reviewers write to each other: messages both ways, and a question that the case waits for.
import { postCasesIdMessages, type Notice, type TimelineEvent } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import { field_of, lines, type Page } from "./page.js";
import { fill } from "../shared/words.js";

interface Said {
  at: string;
  ours: boolean;
  /** Who wrote it, when it was not us. */
  from: string;
  /** The name that one of us has in this case; it leads nowhere else. */
  as: string;
  text: string;
  how: string;
}

/** What was said at one step, in words; evidence has its own list. */
export function said_at(event: TimelineEvent): string {
  if (event.kind === "evidence_added") return "";
  const parts = Object.values((event.said ?? {}) as Record<string, unknown>);
  return parts.map((part) => (typeof part === "string" ? part : part && typeof part === "object" ? String((part as { comment?: string }).comment ?? "") : "")).filter(Boolean).join("\n\n");
}
export const is_ours = (event: TimelineEvent): boolean => Boolean((event.fields as { as?: string }).as);

export class Talk {
  constructor(private readonly page: Page) {}

  /** The question that the case waits for, and the words of it. */
  private asked(): { text: string; until: string } | undefined {
    const open = this.page.own?.question;
    if (!open) return undefined;
    const event = this.page.events.filter((e) => e.kind === "question_asked").pop();
    return { text: event ? said_at(event) : "", until: open.until };
  }

  /** First on the page while it is open: the case waits for it. */
  question(): TemplateResult | typeof nothing {
    const { m } = this.page, asked = this.asked();
    if (!asked) return nothing;
    const talks = this.page.may("talk");
    return html`<section class="note" aria-labelledby="question">
      ${this.page.heading(m.question, "question")}
      ${asked.text ? html`<blockquote class="said" dir="auto">${lines(asked.text).map((line) => html`${line}<br />`)}</blockquote>` : nothing}
      <p id="question-hint">${fill(m.question_waits, { time: this.page.at(asked.until) })}</p>
      ${talks
        ? html`<form @submit=${(e: Event) => this.send(e, "answer")}>
            <label class="label" for="answer">${m.question_answer}</label>
            <textarea id="answer" rows="4" maxlength="20000" dir="auto" aria-describedby="question-hint"></textarea>
            <button type="submit" class="main" ?disabled=${this.page.busy}>${m.question_send}</button>
          </form>`
        : nothing}
    </section>`;
  }

  /** Oldest first. */
  view(notices: Notice[]): TemplateResult | typeof nothing {
    const { m } = this.page;
    const words = m as unknown as Record<string, string>;
    const of_events = this.page.events
      .filter((e) => e.kind === "message_sent" || e.kind === "question_asked" || e.kind === "contact_logged")
      .map((e) => {
        const fields = e.fields as { as?: string; channel?: string };
        const how = e.kind === "question_asked" ? m.how_question : e.kind === "contact_logged" ? (words[`how_${fields.channel}`] ?? "") : "";
        return { at: e.at, ours: is_ours(e), from: is_ours(e) ? "" : this.page.from(e), as: fields.as ?? "", text: said_at(e), how };
      });
    const of_notices = notices.filter((notice) => notice.kind === "message").map((notice) => ({ at: notice.at, ours: true, from: "", as: "", text: notice.text, how: "" }));
    const said: Said[] = [...of_events, ...of_notices].filter((one) => one.text).sort((a, b) => a.at.localeCompare(b.at));
    if (!said.length) return nothing;
    const who = (one: Said) => (one.ours ? (one.as ? fill(m.from_us_as, { name: one.as }) : m.from_us) : one.from);
    return html`${this.page.heading(m.talk)}
      <ol class="talk">
        ${said.map((one) => html`<li><strong>${who(one)}</strong> <span class="quiet">${this.page.at(one.at)}${one.how ? `, ${one.how}` : ""}</span>
          <p class="said" dir="auto">${lines(one.text).map((line) => html`${line}<br />`)}</p></li>`)}
      </ol>`;
  }

  form(): TemplateResult | typeof nothing {
    const { m } = this.page;
    if (!this.page.may("talk")) return nothing;
    return html`<form @submit=${(e: Event) => this.send(e, "add")}>
      <label class="label" for="add">${m.add}</label>
      <span class="hint" id="add-hint">${m.add_text}</span>
      <textarea id="add" rows="3" maxlength="20000" dir="auto" aria-describedby="add-hint"></textarea>
      <button type="submit" ?disabled=${this.page.busy}>${m.add_send}</button>
    </form>`;
  }

  private async send(event: Event, id: "add" | "answer"): Promise<void> {
    event.preventDefault();
    const field = field_of<HTMLTextAreaElement>(this.page, id), text = field.value.trim();
    if (!text) return field.focus();
    const sent = await this.page.doing(async () => {
      await postCasesIdMessages(this.page.http, this.page.case, { text }, { key: this.page.key_of(id, text) });
      this.page.forget_key(id);
      field.value = "";
      await this.page.read();
    }, id === "add" ? this.page.m.add_done : this.page.m.question_done);
    // The form of the question is gone with it: the keyboard goes on at the top, where the page says that it is sent.
    if (sent && id === "answer") field_of<HTMLElement>(this.page, "title")?.focus();
  }
}
