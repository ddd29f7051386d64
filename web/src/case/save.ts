// The evidence file: fetched with the reader's token and handed to the browser to be saved. No address of it is ever
// made that another page or a history could use.
import type { Http } from "heed-http";

export async function save_file(http: Http, case_id: string, format: "html" | "json", locale: string): Promise<void> {
  const blob = await http.download(`/v1/cases/${encodeURIComponent(case_id)}/file`, { format, locale });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = `file.${format}`; // says nothing to whoever looks at the downloads
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
