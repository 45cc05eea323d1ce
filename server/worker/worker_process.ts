/** The server's end of a worker process: starts it, hands it jobs, ends it. */
import { type FromWorker, lines, MARK, type ToWorker } from "./protocol.ts";

/** How a worker process is started. */
export interface WorkerCommand {
  /** The program. */
  readonly program: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Its environment; nothing else of the server's is handed on. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder that it works in. */
  readonly cwd: string;
}

/** A worker process. */
export class WorkerProcess {
  #child: Deno.ChildProcess;
  #input: WritableStreamDefaultWriter<Uint8Array>;
  #alive = true;
  /** How it ended, in words; it settles when it has. */
  readonly ended: Promise<string>;

  /**
   * Starts one.
   *
   * @param command How.
   * @param listen Hears what it tells.
   */
  constructor(command: WorkerCommand, listen: (message: FromWorker) => void) {
    this.#child = new Deno.Command(command.program, {
      args: [...command.args],
      cwd: command.cwd,
      env: { ...command.env },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    const reading = this.#read(listen);
    this.ended = this.#child.status.then(async ({ code, signal }) => {
      this.#alive = false;
      await reading;
      await this.#input.abort().catch(() => {});
      return signal ? `signal ${signal}` : `status ${code}`;
    });
  }

  /** The number of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends the process a message; one to a process that has ended is lost. */
  tell(message: ToWorker): void {
    this.#input.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`)).catch(() => {});
  }

  /**
   * Lets the process end by itself, so that it exports the spans that it has.
   *
   * @param most How long it may take, in milliseconds; then it is killed.
   */
  async end(most: number): Promise<void> {
    const timer = setTimeout(() => void this.kill(), most);
    await this.#input.close().catch(() => {});
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the process at once, and waits until it has ended. */
  async kill(): Promise<void> {
    if (this.#alive) {
      try {
        this.#child.kill("SIGKILL");
      } catch {
        // It has ended by itself in between.
      }
    }
    await this.ended;
  }

  async #read(listen: (message: FromWorker) => void): Promise<void> {
    try {
      for await (const line of lines(this.#child.stdout)) {
        if (line.startsWith(MARK)) listen(JSON.parse(line.slice(MARK.length)) as FromWorker);
        else if (line.trim()) console.error(`worker: ${line}`);
      }
    } catch (error) {
      // A line that was cut when the process was killed says nothing.
      if (this.#alive) console.error("worker: unreadable:", error);
    }
  }
}
