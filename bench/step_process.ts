/** A loop in a process of its own that makes steps on command. */

/** What the process says when it is ready. */
export interface Ready {
  /** What runs there: names and versions. */
  readonly engine: string;
}

/** What the process says after some steps. */
export interface Round {
  /** How long each step took, in milliseconds. */
  readonly milliseconds: readonly number[];
  /** The most memory that the process has had so far, in bytes; its code and runtime included. */
  readonly peakBytes: number;
}

/**
 * Speaks with the process in lines: to it go numbers of steps (or questions that it knows), from it come {@linkcode Ready},
 * {@linkcode Round}s and answers as JSON.
 */
export class StepProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /**
   * Starts a process.
   *
   * @param command The program and its arguments.
   * @param env Variables of its environment, beside those of this process.
   * @throws {Error} if it ends instead of getting ready.
   */
  static async start<R extends Ready>(
    [program, ...args]: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ process: StepProcess; ready: R }> {
    const child = new Deno.Command(program, { args, env, stdin: "piped", stdout: "piped" }).spawn();
    const process = new StepProcess(child);
    return { process, ready: JSON.parse(await process.#line()) };
  }

  /** The process's number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Makes steps. */
  async run(steps: number): Promise<Round> {
    return await this.ask(`${steps}`);
  }

  /** Asks what the process knows beside making steps. */
  async ask<T>(question: string): Promise<T> {
    await this.#writer.write(new TextEncoder().encode(`${question}\n`));
    return JSON.parse(await this.#line());
  }

  /** Ends the process, which does so when its input does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {}); // it may have ended by itself
    await this.#reader.cancel();
    await this.#child.status;
  }

  async #line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("bench: the process ended where a line is expected; its errors stand above");
      this.#text += value;
    }
    const [line, ...rest] = this.#text.split("\n");
    this.#text = rest.join("\n");
    return line;
  }
}
