// What holds for every call of Heed's API from a browser: credentials in a header and never in an address, problems as
// errors that say what can be done, a time limit, and event streams through fetch (EventSource cannot send a token).

export interface CallOptions {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  /** The same key and the same body make one report, however often they are sent. */
  key?: string;
  signal?: AbortSignal;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: Array<{ pointer: string; detail: string }>;
  request_id?: string;
}

/** An answer that is no success. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly body: Partial<ProblemBody>,
    readonly retryAfter: number,
  ) {
    super(body.detail ?? body.title ?? `status ${status}`);
  }
}

/** No answer: no connection, or none in time. Whether it arrived is not known; send it again under the same key. */
export class NoAnswer extends Error {}

export type Token = string | (() => string | Promise<string>);

export class Http {
  constructor(
    private readonly server: string,
    private readonly token: () => string | Promise<string>,
    private readonly timeout = 20000,
    /** Staff: the session's cookie goes along, and what changes something carries this value. */
    private readonly csrf?: () => string,
    /** Headers that go with every call: On-Behalf-Of, for whoever acts for somebody else. */
    private readonly more: () => Record<string, string> = () => ({}),
    /** Cookies of our own pages go along and are kept. With a delegate's token (ht_…) they do in any case: it is worth nothing without. */
    private readonly cookies = false,
  ) {}

  async call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    const answer = await this.fetch(method, path, options, this.timeout);
    if (answer.status === 204) return undefined as T;
    const text = await answer.text().catch(() => {
      throw new NoAnswer("the answer broke off");
    });
    return JSON.parse(text) as T;
  }

  /** The answer as it came, to be saved. */
  async download(path: string, query: CallOptions["query"]): Promise<Blob> {
    const answer = await this.fetch("GET", path, { query }, 120000, { Accept: "*/*" });
    return answer.blob().catch(() => {
      throw new NoAnswer("the answer broke off");
    });
  }

  /** As `call`, for a large body: `sent` hears how much of it has gone, from 0 to 1. fetch() cannot tell that. */
  async upload<T>(path: string, body: unknown, key: string, sent: (share: number) => void): Promise<T> {
    const token = await this.token();
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.server + path);
      const headers = { Accept: "application/json", "Content-Type": "application/json", "Idempotency-Key": key, ...this.more(), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.timeout = 300_000;
      request.upload.onprogress = (event) => event.lengthComputable && sent(event.loaded / event.total);
      request.onerror = request.onabort = request.ontimeout = () => fail(new NoAnswer("no answer"));
      request.onload = () => {
        let answer: unknown;
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          answer = {};
        }
        if (request.status >= 200 && request.status < 300) done(answer as T);
        else fail(new Problem(request.status, answer as ProblemBody, Number(request.getResponseHeader("Retry-After") ?? 0)));
      };
      request.send(JSON.stringify(body));
    });
  }

  /** What a question in a body is answered with, in this form, to be saved. */
  async download_of(path: string, body: unknown, type: string): Promise<Blob> {
    const answer = await this.fetch("POST", path, { body }, 120000, { Accept: type });
    return answer.blob().catch(() => {
      throw new NoAnswer("the answer broke off");
    });
  }

  /** Calls `each` for every event until the stream ends or `signal` says so; the id of the last event goes into `from`. */
  async stream(path: string, from: { last?: string }, each: (kind: string, data: string) => void, signal: AbortSignal): Promise<void> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (from.last) headers["Last-Event-ID"] = from.last;
    const answer = await this.fetch("GET", path, { signal }, 0, headers);
    const reader = answer.body!.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    let waiting = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      waiting += value;
      for (let end = waiting.indexOf("\n\n"); end >= 0; end = waiting.indexOf("\n\n")) {
        let kind = "message", data = "";
        for (const line of waiting.slice(0, end).split("\n")) {
          if (line.startsWith("event: ")) kind = line.slice(7);
          else if (line.startsWith("id: ")) from.last = line.slice(4);
          else if (line.startsWith("data: ")) data += line.slice(6);
        }
        waiting = waiting.slice(end + 2);
        if (data) each(kind, data);
      }
    }
  }

  private async fetch(method: string, path: string, options: CallOptions, timeout: number, more: Record<string, string> = {}): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json", ...this.more(), ...more };
    const token = await this.token();
    if (token) headers["Authorization"] = `Bearer ${token}`;
    const text = options.body === undefined ? undefined : JSON.stringify(options.body);
    if (text !== undefined) headers["Content-Type"] = "application/json";
    if (this.csrf && method !== "GET") headers["X-Heed-CSRF"] = this.csrf();
    if (options.key) headers["Idempotency-Key"] = options.key;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) query.set(name, String(value));
    }
    const late = new AbortController();
    const timer = timeout ? setTimeout(() => late.abort(), timeout) : undefined;
    const given = options.signal;
    const abort = () => late.abort();
    given?.addEventListener("abort", abort);
    let answer: Response;
    try {
      answer = await fetch(this.server + path + (String(query) ? "?" + query : ""), {
        method, headers, body: text, signal: late.signal, credentials: this.csrf || this.cookies || token.startsWith("ht_") ? "same-origin" : "omit", cache: "no-store", referrerPolicy: "no-referrer",
      });
    } catch {
      throw new NoAnswer("no answer");
    } finally {
      clearTimeout(timer);
      if (timeout) given?.removeEventListener("abort", abort);
    }
    if (answer.ok) return answer;
    const body = await answer.json().catch(() => ({}));
    throw new Problem(answer.status, body as ProblemBody, Number(answer.headers.get("Retry-After") ?? 0));
  }
}
