// What is saved: fetched with the reader's token and handed to the browser. No address of it is ever made that another
// page or a history could use, and its name says nothing to whoever looks at the downloads.
import type { Http } from "heed-http";

export function save_blob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The evidence file of a case. */
export async function save_file(http: Http, case_id: string, format: "html" | "json", locale: string): Promise<void> {
  save_blob(await http.download(`/v1/cases/${encodeURIComponent(case_id)}/file`, { format, locale }), `file.${format}`);
}
