/** The processes of a worker, and which of their jobs go together. */
import type { JobRequest } from "../jobs/job.ts";
import type { SectionRunner } from "../worker/section_runner.ts";

/** A process, and what runs there. */
interface Place {
  readonly runner: SectionRunner;
  /** What its jobs have in common; undefined where one must be alone. */
  company: string | undefined;
  jobs: number;
}

/** A place that was taken; disposing of it leaves it. */
export interface TakenPlace extends Disposable {
  /** Its process. */
  readonly runner: SectionRunner;
}

/** Parameters that name files with weights. */
const OF_WEIGHTS = ["loras", "upscaleLoras", "learnedTokens"];

/**
 * What a job has in common with those that it can share a process with: its models. One without any shares nothing, nor does one of
 * images of another size than the network's, or with LoRAs or learned tokens, for which a network is opened anew.
 */
export function companyOf({ parameters, models }: JobRequest): string | undefined {
  const digests = Object.values(models).sort();
  const weights = OF_WEIGHTS.flatMap((name) => parameters[name] ?? []);
  const sized = typeof parameters.options === "string" &&
    /"(height|width|keepAspect)":/.test(parameters.options);
  return digests.length === 0 || sized || weights.length > 0 ? undefined : digests.join();
}

/** Gives jobs a process: that of those that they go together with while there is room, else one that is idle. */
export class Places {
  readonly #places: readonly Place[];
  readonly #most: number;
  readonly #queue: (() => void)[] = [];

  /**
   * @param runners The processes.
   * @param most How many jobs may share one.
   */
  constructor(runners: readonly SectionRunner[], most: number) {
    this.#places = runners.map((runner) => ({ runner, company: undefined, jobs: 0 }));
    this.#most = most;
  }

  /** A place for a job, as soon as there is one. */
  async take(company: string | undefined): Promise<TakenPlace> {
    let place = this.#find(company);
    while (!place) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
      place = this.#find(company);
    }
    const taken = place;
    taken.company = company;
    taken.jobs++;
    return {
      runner: taken.runner,
      [Symbol.dispose]: () => {
        taken.jobs--;
        for (const look of this.#queue.splice(0)) look();
      },
    };
  }

  #find(company: string | undefined): Place | undefined {
    const shared = company === undefined ? undefined : this.#places.find((place) => {
      return place.runner.isOpen && place.company === company && place.jobs > 0 && place.jobs < this.#most;
    });
    return shared ?? this.#places.find(({ jobs }) => jobs === 0);
  }
}
