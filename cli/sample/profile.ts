/** `deno task sample --profile`: where the time of a run went. */
import { join } from "node:path";

/** A phase of a run. */
export interface Phase {
  /** Its name. */
  readonly name: string;
  /** Its duration, in milliseconds. */
  readonly ms: number;
}

/** The time a kind of operator took. */
export interface OperatorTime {
  /** Its name in ONNX, or in the runtime's own operator set. */
  readonly operator: string;
  /** How many times it ran. */
  readonly runs: number;
  /** Total time, in milliseconds. */
  readonly ms: number;
}

/** The result of {@linkcode Profile.finish}. */
export interface ProfileReport {
  /** The phases, in order. */
  readonly phases: readonly Phase[];
  /** The operators of the networks, the slowest first. */
  readonly operators: readonly OperatorTime[];
}

/** An event in the runtime's own profile. */
interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  /** In microseconds. */
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

/** Times the phases of a run, and keeps a temporary folder for the runtime's own profiles. */
export class Profile implements AsyncDisposable {
  readonly #folder: string;
  readonly #phases: Phase[] = [];
  #last = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder; the first phase began with the program. */
  static async open(): Promise<Profile> {
    return new Profile(await Deno.makeTempDir({ prefix: "denoise-profile-" }));
  }

  /** The prefix of a network's profile files. */
  prefix(network: string): string {
    return join(this.#folder, network);
  }

  /** A phase has ended, and the next one begins. */
  phase(name: string): void {
    const now = performance.now();
    this.#phases.push({ name, ms: now - this.#last });
    this.#last = now;
  }

  /** Reads the runtime's profiles, once the networks are closed. */
  async finish(): Promise<ProfileReport> {
    const sums = new Map<string, { runs: number; ms: number }>();
    for await (const { name } of Deno.readDir(this.#folder)) {
      const events = JSON.parse(await Deno.readTextFile(join(this.#folder, name))) as ProfileEvent[];
      for (const { operator, ms } of kernelTimes(events)) {
        const sum = sums.get(operator) ?? { runs: 0, ms: 0 };
        sums.set(operator, { runs: sum.runs + 1, ms: sum.ms + ms });
      }
    }
    const operators = [...sums].map(([operator, sum]) => ({ operator, ...sum }));
    return { phases: [...this.#phases], operators: operators.sort((a, b) => b.ms - a.ms) };
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** The runs of operators among the events of a profile. */
function kernelTimes(events: readonly ProfileEvent[]): { operator: string; ms: number }[] {
  return events.flatMap(({ cat, name = "", dur = 0, args }) => {
    const isKernel = cat === "Node" && name.endsWith("_kernel_time") && args?.op_name !== undefined;
    return isKernel ? [{ operator: args.op_name!, ms: dur / 1000 }] : [];
  });
}

/** The number of operators listed. */
const LISTED = 8;

/** A profile as lines of text. */
export function profileLines({ phases, operators }: ProfileReport): string[] {
  const whole = phases.reduce((sum, { ms }) => sum + ms, 0);
  const inOperators = operators.reduce((sum, { ms }) => sum + ms, 0);
  const line = (name: string, ms: number, of: number, more = "") =>
    `  ${name.padEnd(26)}${ms.toFixed(0).padStart(8)} ms${(100 * ms / of).toFixed(1).padStart(7)}%${more}`;
  const rest = operators.slice(LISTED);
  return [
    `profile   ${whole.toFixed(0)} ms since the program began`,
    ...phases.map(({ name, ms }) => line(name, ms, whole)),
    `operators ${inOperators.toFixed(0)} ms of it`,
    ...operators.slice(0, LISTED).map(({ operator, ms, runs }) =>
      line(operator, ms, inOperators, ` in ${runs} runs`)
    ),
    ...(rest.length ? [line("others", rest.reduce((sum, { ms }) => sum + ms, 0), inOperators)] : []),
  ];
}
