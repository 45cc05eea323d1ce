/** A visitor's session with one section, in the browser: the form's values, the running job and its results. */
import { batch, type Signal, signal } from "@preact/signals";
import type { Form } from "../../server/form.ts";
import type {
  Fault,
  JobEvent,
  JobStatus,
  Parameters,
  Problem,
  WireFigure,
  WireResult,
} from "../../server/wire.ts";
import { type StartingPoint, trainingStart } from "../../report/training/start.ts";
import { isTraining, workOf } from "../../report/work.ts";
import { readDigits } from "../../tab/drawn_digits.ts";
import { modelBytes, modelNames } from "../../tab/model_bytes.ts";
import { readPictures } from "../../tab/pictures.ts";
import { defaultPlace, type Place } from "../../tab/place.ts";
import {
  fileAddress,
  isTabKey,
  keepTabResult,
  newTabKey,
  type TabResult,
  tabResult,
} from "../../tab/results.ts";
import { MODEL_FILE, runInTab, type TabRun, WEIGHTS_FILE } from "../../tab/section_runs.ts";
import { noteTabPace, tabPace, typicalTrainingPace } from "../../tab/tab_pace.ts";
import type { KeptRun } from "../../tab/training_runs.ts";
import { hasServer, siteAddress } from "../site.ts";
import { requestedFigure } from "./differences.ts";
import { isPathIn } from "./fault.ts";
import { firstFocus } from "./focus.ts";
import { remember } from "./history.ts";
import { withPrompt } from "./first_prompt.ts";
import { savedForm, saveForm } from "./saved_form.ts";
import { type Focus, type ShownFigure, type Side, snapshotOf, type Snapshots } from "./snapshot.ts";
import { ownPictures } from "./upload.ts";
import { withUploadNames } from "./upload_names.ts";

/** The state of a run. */
export type Phase = "idle" | "asking" | "queued" | "running" | "done" | "failed" | "cancelled";

/** The progress of a run. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly label: string;
  readonly remaining: number | null;
}

/** Where a section is run. */
export interface SessionOptions {
  /** Makes the permalink of parameters; if given, the page's address follows each run. */
  readonly addressOf?: (parameters: Parameters) => string;
  /** Whether the form's values are saved when leaving the page. */
  readonly keep?: boolean;
  /** Whether it runs in the background, next to the visitor's runs: neither its job nor its results are remembered. */
  readonly aside?: boolean;
}

/** Where the reader's choice of a place is kept. */
const PLACE = "place";

/** A visitor's session with a section. */
export class Session {
  readonly section: string;
  readonly title: string;
  readonly form: Signal<Form | undefined> = signal();
  readonly values: Signal<Parameters> = signal({});
  readonly phase: Signal<Phase> = signal<Phase>("idle");
  /** The status message. */
  readonly message: Signal<string> = signal("");
  /** The invalid parameter, if any. */
  readonly wrong: Signal<Fault | undefined> = signal();
  readonly progress: Signal<Progress | undefined> = signal();
  /** The snapshots of each slot, in order. */
  readonly snapshots: Signal<Snapshots> = signal(new Map());
  /** Those of the report's figures. */
  readonly reportSnapshots: Signal<Snapshots> = signal(new Map());
  /** The picture shown large; by default the most telling one. */
  readonly focus: Signal<Focus | undefined> = signal();
  /** Which of a snapshot's pictures are shown. */
  readonly side: Signal<Side> = signal<Side>("x");
  readonly figures: Signal<readonly ShownFigure[]> = signal([]);
  readonly curves: Signal<ReadonlyMap<string, readonly (readonly [number, number])[]>> = signal(new Map());
  /** The parameters of what is shown. */
  readonly shown: Signal<Parameters | undefined> = signal();
  readonly cached: Signal<boolean> = signal(false);
  /** Whether the result came with somebody else's link. */
  readonly linked: Signal<boolean> = signal(false);
  /** Why a training in this tab is not saved; undefined if it is. */
  readonly unkept: Signal<string | undefined> = signal();
  /** Where to run, as chosen by the user; undefined without a choice. */
  readonly chosenPlace: Signal<Place | undefined> = signal();
  /** The seconds that a job would have waited on the server when the form was loaded. */
  readonly #wait: Signal<number> = signal(0);
  #files = new Map<string, Blob>();
  #run: TabRun | undefined;
  #job: string | undefined;
  #source: EventSource | undefined;
  #key = "";
  readonly #options: SessionOptions;

  constructor(section: string, title: string, options: SessionOptions = {}) {
    this.section = section;
    this.title = title;
    this.#options = options;
  }

  /** Whether a job is under way. */
  get busy(): boolean {
    return ["asking", "queued", "running"].includes(this.phase.value);
  }

  /** Sets the form, or fetches it from the server. */
  async open(form?: Form): Promise<void> {
    if (!hasServer()) await readPictures();
    if (this.form.peek()) return await this.#readPlace();
    const taken = form ?? await (await fetch(siteAddress(`/api/sections/${this.section}`))).json() as Form;
    batch(() => {
      this.form.value = taken;
      if (Object.keys(this.values.peek()).length === 0) this.values.value = taken.start;
    });
    await this.#readPlace();
  }

  /** Whether the current values can be run in this tab. */
  get fitsTab(): boolean {
    const form = this.form.value;
    return form !== undefined && modelBytes(form, this.values.value) !== undefined;
  }

  /** Whether it can only be run here: digits drawn by the user stay in this browser. */
  get needsTab(): boolean {
    const values = this.values.value;
    return isTraining(values) && (values.data ?? "mnist") !== "mnist";
  }

  /** Where to run: the user's choice, else where it is expected to finish first. */
  get place(): Place {
    const form = this.form.value;
    if (!hasServer()) return "tab";
    if (!form || !this.fitsTab) return "server";
    const values = this.values.value;
    if (this.needsTab) return "tab";
    const [training, work, wait] = [isTraining(values), workOf(values), this.#wait.value];
    const seconds = (pace: number | undefined) => pace === undefined ? undefined : pace * work;
    const here = seconds(training ? form.trainingPace : form.pace);
    return this.chosenPlace.value ?? defaultPlace({
      bytes: modelBytes(form, values),
      inTab: seconds(tabPace(this.section, training)),
      onServer: here === undefined ? undefined : here + wait,
      wait,
    });
  }

  /** The addresses of the model trained in this tab: its packed folder and its weights; undefined if there is none. */
  get trainedModel(): { readonly folder: string; readonly weights: string } | undefined {
    // It is known with the figures.
    if (this.figures.value.length === 0 || !isTabKey(this.#key) || !this.#files.has(WEIGHTS_FILE)) {
      return undefined;
    }
    const result = { key: this.#key, files: Object.fromEntries(this.#files) };
    return { folder: fileAddress(result, MODEL_FILE), weights: fileAddress(result, WEIGHTS_FILE) };
  }

  /** The expected seconds of a run, if known. */
  get estimate(): number | undefined {
    const form = this.form.value;
    const values = this.values.value;
    const training = isTraining(values);
    const { place } = this;
    const here = training ? form?.trainingPace : form?.pace;
    const known = place === "tab" ? tabPace(this.section, training) : here;
    const pace = known ?? (training ? typicalTrainingPace(place) : undefined);
    return pace && pace * workOf(values);
  }

  /** Sets where to run from now on, for all sections in this browser. */
  choosePlace(place: Place): void {
    this.chosenPlace.value = place;
    try {
      localStorage.setItem(PLACE, place);
    } catch {
      // Then the choice holds for this page only.
    }
  }

  /** Restores the earlier choice, and fetches the length of the server's queue. */
  async #readPlace(): Promise<void> {
    const chosen = localStorage.getItem(PLACE);
    if (chosen === "tab" || chosen === "server") this.chosenPlace.value = chosen;
    else if (hasServer() && this.form.peek()?.tab) {
      const response = await fetch("/health").catch(() => undefined);
      if (!response?.ok) return void await response?.body?.cancel();
      const { waiting, running, workers } = await response.json();
      const each = (this.form.peek()?.pace ?? 0) * workOf(this.values.peek());
      if (running >= workers && workers > 0) this.#wait.value = each * (waiting + 1) / workers;
    }
  }

  /** Resumes the job that was running when the page was left. */
  resume(): void {
    const job = hasServer() ? sessionStorage.getItem(this.#place) : null;
    if (job && !this.busy) this.#rejoin(job);
  }

  /** Restores the form saved in this window, if values are saved. */
  async takeUp(): Promise<void> {
    if (!this.#options.keep) return;
    const { values, key } = savedForm(this.section, this.values.peek());
    if (!values) return;
    const known = Object.entries(values).filter(([name]) => name in this.values.peek());
    this.values.value = { ...this.values.peek(), ...Object.fromEntries(known) };
    const here = key !== undefined && isTabKey(key) ? await tabResult(key) : undefined;
    if (here) {
      if (!this.busy && this.figures.peek().length === 0) this.show(here);
      return;
    }
    const response = key === undefined || isTabKey(key) || !hasServer()
      ? undefined
      : await fetch(`/api/results/${key}`).catch(() => undefined);
    if (response?.ok && !this.busy && this.figures.peek().length === 0) this.show(await response.json());
    else await response?.body?.cancel();
  }

  /** Reads the values in an address: parameters as JSON, or a prompt. */
  takeAddress(search: URLSearchParams): void {
    const values = this.values.peek();
    const [parameters, prompt] = [search.get("p"), search.get("prompt")];
    try {
      const asked = Object.entries<Parameters[string]>(parameters ? JSON.parse(parameters) : {});
      const taken = { ...values, ...Object.fromEntries(asked.filter(([name]) => name in values)) };
      this.values.value = prompt === null ? taken : withPrompt(taken, prompt);
    } catch {
      this.message.value = "The link is damaged: its parameters cannot be read.";
      this.phase.value = "failed";
    }
  }

  /** Fetches the snapshots of the report's figures. */
  async fetchReportSnapshots(address: string): Promise<void> {
    const response = await fetch(siteAddress(address)).catch(() => undefined);
    if (!response?.ok) return;
    const kept = await response.json() as Omit<Extract<JobEvent, { type: "preview" }>, "type">[];
    this.reportSnapshots.value = Map.groupBy(kept.map(snapshotOf), ({ slot }) => slot);
  }

  /** Runs the section. */
  async start(): Promise<void> {
    if (this.busy) return;
    const parameters = this.values.peek();
    this.#clear(parameters);
    this.phase.value = "asking";
    if (this.place === "tab") return await this.#startInTab(parameters);
    try {
      const response = await fetch("/api/jobs", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ section: this.section, parameters }),
      });
      if (!response.ok) return this.#refused(await response.json() as Problem, response);
      this.noteAddress();
      this.#follow(await response.json() as JobStatus);
    } catch {
      this.#over("failed", "The server cannot be reached.");
    }
  }

  /** Resumes a saved training in this tab. */
  async goOn({ id, parameters }: KeptRun): Promise<void> {
    if (this.busy) return;
    this.values.value = { ...this.values.peek(), ...parameters };
    this.#clear(parameters);
    this.phase.value = "asking";
    await this.#startInTab(parameters, id);
  }

  /** Cancels the job. */
  async cancel(): Promise<void> {
    if (this.#run) {
      this.message.value = "Cancelling";
      return this.#run.cancel();
    }
    if (!this.#job) return;
    this.message.value = "Cancelling";
    await fetch(`/api/jobs/${this.#job}`, { method: "DELETE" }).catch(() => {});
  }

  /** Runs it in this tab, with the same events as on the server. Given the id of a training, resumes that. */
  async #startInTab(parameters: Parameters, goOn?: string): Promise<void> {
    let pictures: Record<string, Blob>;
    try {
      pictures = await ownPictures(parameters);
    } catch (error) {
      return this.#over("failed", error instanceof Error ? error.message : String(error));
    }
    this.#key = newTabKey();
    this.#files = new Map();
    this.cached.value = false;
    this.noteAddress();
    const events: JobEvent[] = [];
    const training = isTraining(parameters);
    const models = modelNames(this.form.peek()!, parameters) ?? [];
    const request = {
      ...{ section: this.section, parameters, models, pictures },
      ...(training && {
        training: {
          id: goOn ?? crypto.randomUUID(),
          resume: goOn !== undefined,
          drawn: parameters.data === "mnist" ? [] : await readDigits(),
        },
      }),
    };
    this.#run = runInTab(request, {
      event: (event) => {
        if (event.type === "preview" || event.type === "points") events.push(event);
        if (event.type === "done") return void this.#doneInTab(event, parameters, events);
        if (["failed", "cancelled"].includes(event.type)) this.#run = undefined;
        this.#onEvent(event);
      },
      file: (name, file) => void this.#files.set(name, file),
      computed: (seconds) => noteTabPace(this.section, training, seconds / workOf(parameters)),
      kept: (problem) => this.unkept.value = problem,
      loading: (received, total) => {
        const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
        this.message.value = `Fetching the model: ${megabytes(received)} of ${megabytes(total)} MB`;
      },
    });
    this.message.value = "Starting in this tab";
  }

  /** A run in this tab is done once its result is saved, so that it survives leaving the page. */
  async #doneInTab(
    event: JobEvent & { readonly type: "done" },
    parameters: Parameters,
    events: readonly JobEvent[],
  ): Promise<void> {
    const key = this.#key;
    await this.#keepInTab(parameters, event.seconds, events);
    if (this.#key !== key) return;
    this.#run = undefined;
    this.#onEvent(event);
  }

  /** Saves the results made in this tab. */
  async #keepInTab(parameters: Parameters, seconds: number, events: readonly JobEvent[]): Promise<void> {
    await keepTabResult({
      key: this.#key,
      section: this.section,
      parameters,
      models: {},
      created: new Date().toISOString(),
      seconds,
      figures: this.figures.peek().map(({ figure }) => figure),
      files: Object.fromEntries(this.#files),
      events,
    });
  }

  /** Resets everything. */
  reset(): void {
    batch(() => {
      this.values.value = this.form.peek()!.start;
      this.#clear(undefined);
      this.phase.value = "idle";
    });
    this.#key = "";
    this.#saveForm();
  }

  /** Shows a saved result. */
  show(result: WireResult | TabResult): void {
    this.#clear(result.parameters);
    this.#key = result.key;
    if ("files" in result) this.#files = new Map(Object.entries(result.files));
    batch(() => {
      this.phase.value = "done";
      this.cached.value = true;
      this.figures.value = result.figures.map((figure) => this.#shownFigure(figure));
    });
    if ("events" in result) result.events.forEach((event) => this.#onEvent(event));
    else this.#listen(`/api/results/${result.key}/events`);
  }

  /** Sets one value. */
  set(name: string, value: Parameters[string]): void {
    batch(() => {
      const values = this.values.peek();
      const changed = { ...values, [name]: value };
      // Another starting point or other digits of a training change the suitable values.
      const brought = name === "from" || name === "data"
        ? trainingStart(changed.from as StartingPoint, changed)
        : {};
      this.values.value = { ...changed, ...brought };
      const wrong = this.wrong.peek();
      if (wrong && isPathIn(wrong.argument, name)) this.wrong.value = undefined;
    });
    this.#saveForm();
  }

  /** The permalink of this result. */
  permalink(): string {
    const parameters = this.shown.peek() ?? this.values.peek();
    return new URL(sectionLink(this.section, parameters), location.href).href;
  }

  /** Sets the page's address to the permalink of the result. */
  noteAddress(): void {
    const { addressOf } = this.#options;
    const parameters = this.shown.peek() ?? this.values.peek();
    if (addressOf) history.replaceState(history.state, "", addressOf(parameters));
  }

  /** Saves the values for the next visit. */
  #saveForm(): void {
    if (this.#options.keep) {
      saveForm(this.section, { values: this.values.peek(), key: this.#key || undefined });
    }
  }

  /** Records how long a run took, to estimate the next one. */
  #timed(seconds: number): void {
    const [form, parameters] = [this.form.peek(), this.shown.peek()!];
    const work = workOf(parameters);
    const name = isTraining(parameters) ? "trainingPace" : "pace";
    if (form && work > 0) this.form.value = { ...form, [name]: seconds / work };
  }

  get #place(): string {
    return `job ${this.section}`;
  }

  #clear(parameters: Parameters | undefined): void {
    this.#source?.close();
    batch(() => {
      this.message.value = "";
      this.wrong.value = undefined;
      this.progress.value = undefined;
      this.snapshots.value = new Map();
      this.figures.value = [];
      this.curves.value = new Map();
      this.focus.value = undefined;
      this.cached.value = false;
      this.linked.value = false;
      this.unkept.value = undefined;
      this.shown.value = parameters;
    });
  }

  async #rejoin(job: string): Promise<void> {
    const response = await fetch(`/api/jobs/${job}`).catch(() => undefined);
    if (!response?.ok) return sessionStorage.removeItem(this.#place);
    const status = await response.json() as JobStatus;
    this.#clear(status.parameters);
    this.values.value = status.parameters;
    this.#follow(status);
  }

  #follow(status: JobStatus): void {
    this.#key = status.key;
    this.cached.value = status.cached;
    if (status.cached) {
      this.#listen(`/api/results/${status.key}/events`);
      return;
    }
    this.#job = status.id;
    if (!this.#options.aside) sessionStorage.setItem(this.#place, status.id);
    this.phase.value = status.state === "running" ? "running" : "queued";
    if (status.state === "queued") this.#waits(status.position, status.wait);
    this.#listen(`/api/jobs/${status.id}/events`);
  }

  /** Listens to the job's events. The browser reconnects by itself, with the id of the last event it has received. */
  #listen(address: string): void {
    this.#source?.close();
    const source = this.#source = new EventSource(address);
    const kinds: JobEvent["type"][] = [
      "queued",
      "started",
      "progress",
      "preview",
      "points",
      "figure",
      "done",
      "failed",
      "cancelled",
    ];
    for (const kind of kinds) {
      source.addEventListener(kind, ({ data }) => {
        if (this.#source === source) this.#onEvent(JSON.parse(data) as JobEvent);
      });
    }
    source.onerror = () => {
      if (this.#source === source && source.readyState === EventSource.CLOSED) this.#refusedStream(address);
    };
  }

  /** A stream that the browser does not reconnect to. Requests made while leaving the page are never answered. */
  async #refusedStream(address: string): Promise<void> {
    const response = await fetch(this.#job ? `/api/jobs/${this.#job}` : address).catch(() => undefined);
    await response?.body?.cancel();
    if (response && !response.ok) {
      return this.#over("failed", "The server has lost this job; start it again.");
    }
    this.message.value = "The connection is lost; trying again";
    setTimeout(() => this.busy && this.#listen(address), 2000);
  }

  #onEvent(event: JobEvent): void {
    switch (event.type) {
      case "queued":
        this.phase.value = "queued";
        return this.#waits(event.position, event.wait);
      case "started":
        return batch(() => {
          this.phase.value = "running";
          this.message.value = "";
          // In a fleet, a job whose worker was lost starts again.
          this.snapshots.value = new Map();
          this.curves.value = new Map();
        });
      case "progress":
        this.progress.value = event;
        return;
      case "preview": {
        const { slot } = event;
        const known = this.snapshots.peek();
        const snapshot = snapshotOf(event);
        this.snapshots.value = new Map(known).set(slot, [...known.get(slot) ?? [], snapshot]);
        return;
      }
      case "points": {
        const known = this.curves.peek();
        this.curves.value = new Map(known).set(event.curve, [
          ...known.get(event.curve) ?? [],
          ...event.points,
        ]);
        return;
      }
      case "figure": {
        const others = this.figures.peek().filter(({ figure }) => figure.name !== event.figure.name);
        this.figures.value = [...others, this.#shownFigure(event.figure)];
        return;
      }
      case "done": {
        const words = this.cached.peek()
          ? "Made before with these values: nothing had to be computed."
          : `Done in ${seconds(event.seconds)}.`;
        this.#over("done", words);
        if (!this.cached.peek() && !isTabKey(this.#key)) this.#timed(event.seconds);
        this.#saveForm();
        const figures = this.figures.peek();
        const form = this.form.peek();
        const answer = form && requestedFigure(form, this.shown.peek()!);
        const first = figures[firstFocus(figures, { figure: answer })?.figure ?? 0];
        const { section, title } = this;
        if (first && !this.#options.aside) {
          remember({ key: this.#key, section, title, parameters: this.shown.peek()!, figure: first.figure });
        }
        return;
      }
      case "failed":
        this.wrong.value = faultIn(event);
        return this.#over("failed", event.message);
      case "cancelled":
        return this.#over("cancelled", "Cancelled.");
    }
  }

  #shownFigure(figure: WireFigure): ShownFigure {
    const named = {
      ...figure,
      rows: figure.rows.map(withUploadNames),
      alt: withUploadNames(figure.alt),
      caption: withUploadNames(figure.caption),
    };
    const src = isTabKey(this.#key)
      ? fileAddress({ key: this.#key, files: Object.fromEntries(this.#files) }, figure.file)
      : `/api/results/${this.#key}/files/${figure.file}`;
    return { figure: named, src };
  }

  #waits(position: number, wait: number): void {
    const others = position <= 1 ? "Next in line" : `Number ${position} in line`;
    this.message.value = `${others}, about ${seconds(wait)} to wait.`;
  }

  #refused(problem: Problem, response: Response): void {
    const { detail } = problem;
    this.wrong.value = faultIn(problem);
    const retry = response.headers.get("retry-after");
    this.#over("failed", retry ? `${detail} (Try again in ${retry} s.)` : detail);
  }

  #over(phase: "done" | "failed" | "cancelled", message: string): void {
    this.#source?.close();
    this.#source = undefined;
    this.#job = undefined;
    if (!this.#options.aside) sessionStorage.removeItem(this.#place);
    batch(() => {
      this.phase.value = phase;
      this.message.value = message;
      this.progress.value = undefined;
    });
  }
}

/** Seconds in words. */
export function seconds(value: number): string {
  if (value < 1) return "less than a second";
  if (value < 90) return `${Math.round(value)} s`;
  return `${Math.round(value / 60)} min`;
}

/** The permalink of a section's page with a result. */
export function sectionLink(section: string, parameters: Parameters): string {
  return siteAddress(`/sections/${section}?p=${encodeURIComponent(JSON.stringify(parameters))}#result`);
}

/** The invalid argument, if a response or an event names one. */
function faultIn({ argument, found, expected }: Partial<Fault>): Fault | undefined {
  if (argument === undefined || found === undefined || expected === undefined) return undefined;
  return { argument, found, expected };
}
