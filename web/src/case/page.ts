// What a part of the case page (talk, evidence, the code for the desk, who acts for whom) needs of the page it is on.
import type { OwnCase, TimelineEvent } from "heed-api";
import type { Http } from "heed-http";
import type { TemplateResult } from "lit";
import type de from "../../messages/de.json";

export type Messages = typeof de;
/** What somebody may do for another person. */
export type Scope = "report" | "read" | "talk" | "appeal" | "file";

export interface Page {
  readonly m: Messages;
  readonly http: Http;
  readonly case: string;
  readonly own?: OwnCase;
  readonly events: TimelineEvent[];
  readonly busy: boolean;
  /** The reader wrote what it is about, and is nothing else here. */
  readonly author: boolean;
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly updateComplete: Promise<boolean>;
  /** The reader may do it: everything of their own, and of another's what was left to them. */
  may(scope: Scope): boolean;
  /** Who wrote it: the reader, or who of those that act for the same person. */
  from(event: TimelineEvent): string;
  at(time: string | null | undefined): string;
  heading(words: string, id?: string): TemplateResult;
  /** Runs it once, with one place for what went wrong; `done` is said at the end. False when it failed. */
  doing(work: () => Promise<void>, done?: string): Promise<boolean>;
  /** Tells it, also to whoever listens. */
  say(words: string): void;
  /** The key of these words: pressing twice, or again after no answer, says them once. */
  key_of(what: string, words: string): string;
  forget_key(what: string): void;
  read(): Promise<void>;
  requestUpdate(): void;
}

export const field_of = <T extends HTMLElement>(page: Page, id: string): T => page.renderRoot.querySelector<T>(`#${id}`)!;
export const lines = (text: string): string[] => text.trim().split("\n");
