// What all pages of the console share: the session, calls, kind words for what goes wrong.
import { deleteSession, getPolicy, getSession, postSession, type Claim } from "heed-api";
import { Http, NoAnswer, Problem } from "heed-http";
import { fill } from "../shared/words.js";
import { language, texts } from "./texts.js";

export interface Staff {
  id: string;
  name: string;
  alias: string;
  roles: string[];
}
export type Clause = Awaited<ReturnType<typeof getPolicy>>["clauses"][number];

export class Desk {
  readonly http: Http;
  staff?: Staff;
  /** The role demands a second factor: until it is set up nothing else opens. */
  unready = false;
  /** Called when it has been set up. */
  ready: () => void = () => undefined;
  /** Called when the server no longer knows the session. */
  signed_out: () => void = () => undefined;
  /** Called when the connection is lost and when it is there again. */
  connection: (there: boolean) => void = () => undefined;
  private csrf = "";
  private known_clauses?: Promise<Clause[]>;

  constructor() {
    this.http = new Watched(
      location.origin,
      () => "",
      20_000,
      () => this.csrf,
      (there) => this.connection(there),
      () => {
        this.staff = undefined;
        this.signed_out();
      },
    );
  }

  may(...roles: string[]): boolean {
    return roles.some((role) => this.staff?.roles.includes(role));
  }
  get decides(): boolean {
    return this.may("reviewer", "lead");
  }
  get reviews(): boolean {
    return this.may("triage", "reviewer", "lead", "legal");
  }

  /** Goes on with the session that the cookie carries; false when there is none. */
  async resume(): Promise<boolean> {
    const session = await getSession(this.http);
    this.entered(session);
    this.unready = session.second_factor === "needed";
    return true;
  }
  async sign_in(name: string, password: string, code: string): Promise<void> {
    this.entered(await postSession(this.http, { name, password, ...(code ? { code } : {}) }));
    await this.resume();
  }
  /** This is who is logged in from now on. */
  entered(session: { staff: Staff; csrf: string }): void {
    this.staff = session.staff;
    this.csrf = session.csrf;
  }
  /** The second factor has been set up or taken out. */
  async settled(): Promise<void> {
    const was = this.unready;
    await this.resume();
    if (was && !this.unready) this.ready();
  }
  async sign_out(): Promise<void> {
    await deleteSession(this.http);
    this.staff = undefined;
    this.csrf = "";
  }

  clauses(): Promise<Clause[]> {
    this.known_clauses ??= getPolicy(this.http, { locale: language }).then(
      (policy) => policy.clauses,
      (error) => {
        this.known_clauses = undefined;
        throw error;
      },
    );
    return this.known_clauses;
  }
}

/** Notices whether there is a connection and whether there is a session. */
class Watched extends Http {
  constructor(
    server: string,
    token: () => string,
    timeout: number,
    csrf: () => string,
    private readonly connection: (there: boolean) => void,
    private readonly refused: () => void,
  ) {
    super(server, token, timeout, csrf);
  }
  override async call<T>(method: string, path: string, options = {}): Promise<T> {
    return this.watched(() => super.call<T>(method, path, options), path);
  }
  override async stream(path: string, from: { last?: string }, each: (kind: string, data: string) => void, signal: AbortSignal): Promise<void> {
    return this.watched(() => super.stream(path, from, (kind, data) => {
      this.connection(true);
      each(kind, data);
    }, signal), path, signal);
  }
  private async watched<T>(work: () => Promise<T>, path: string, signal?: AbortSignal): Promise<T> {
    try {
      const answer = await work();
      this.connection(true);
      return answer;
    } catch (error) {
      if (signal?.aborted) throw error;
      if (error instanceof NoAnswer) this.connection(false);
      else if (error instanceof Problem) this.connection(true);
      if (error instanceof Problem && error.status === 401 && path !== "/v1/session") this.refused();
      throw error;
    }
  }
}

/** What to tell the reader of an error. */
export function words_for(error: unknown): string {
  if (error instanceof NoAnswer) return texts.fault_offline;
  if (!(error instanceof Problem)) return texts.fault_other;
  switch (error.status) {
    case 401: return texts.fault_session;
    case 403: return fill(texts.fault_denied, { detail: error.message });
    case 404: return texts.fault_absent;
    case 409: return fill(texts.fault_conflict, { detail: error.message });
    case 429: return fill(texts.fault_often, { seconds: error.retryAfter || 60 });
    case 503: return texts.fault_busy;
    default: {
      const parts = (error.body.errors ?? []).map((fault) => `${fault.pointer.replace(/^\/items\/\d+\//, "")}: ${fault.detail}`);
      const why = [...new Set(parts)].slice(0, 4).join("; ") || error.message;
      return error.status < 500 ? fill(texts.fault_refused, { detail: why }) : texts.fault_other;
    }
  }
}

/** Listens until `signal`; what ends is opened again, a little later each time. Stops for good when it may not listen. */
export async function listen(http: Http, path: string, each: (kind: string, data: string) => void, signal: AbortSignal): Promise<void> {
  const from: { last?: string } = {};
  let wait = 500;
  while (!signal.aborted) {
    try {
      await http.stream(path, from, (kind, data) => {
        wait = 500;
        each(kind, data);
      }, signal);
    } catch (error) {
      if (error instanceof Problem && [401, 403, 404].includes(error.status)) return;
    }
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, 15_000);
  }
}

export type { Claim };
