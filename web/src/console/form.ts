// Small forms of the console: a field with its label, what is wrong with it, and the focus where the fault is.
import { Problem } from "heed-http";
import { html, nothing, type TemplateResult } from "lit";

export interface Field {
  id: string;
  label: string;
  type?: "text" | "password";
  autocomplete?: string;
  hint?: string;
  fault?: string;
  required?: boolean;
  most?: number;
  numeric?: boolean;
}

export function field(one: Field): TemplateResult {
  const described = [one.hint ? `${one.id}-hint` : "", one.fault ? `${one.id}-fault` : ""].filter(Boolean).join(" ");
  return html`<label for=${one.id}>${one.label}</label>
    ${one.hint ? html`<span class="hint" id="${one.id}-hint">${one.hint}</span>` : nothing}
    ${one.fault ? html`<span class="fault" id="${one.id}-fault">${one.fault}</span>` : nothing}
    <input id=${one.id} type=${one.type ?? "text"} autocomplete=${(one.autocomplete ?? "off") as "off"} autocapitalize="none" spellcheck="false" maxlength=${one.most ?? 255}
      inputmode=${one.numeric ? "numeric" : nothing} aria-describedby=${described || nothing} aria-invalid=${one.fault ? "true" : nothing} ?required=${one.required ?? true} />`;
}

/** What the server says of one field, "/new_password". */
export const fault_of = (error: unknown, pointer: string): string =>
  error instanceof Problem ? (error.body.errors ?? []).find((one) => one.pointer === pointer)?.detail ?? "" : "";

export const value_of = (root: ParentNode, id: string): string => root.querySelector<HTMLInputElement>(`#${id}`)?.value ?? "";
