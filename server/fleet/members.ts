/** Who belongs to a fleet: galleries and workers say every few seconds that they are there. */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Section } from "../../report/mod.ts";
import configuration from "../../deno.json" with { type: "json" };

/** How often members say that they are there, in milliseconds. */
const PULSE = 5000;

/** How long after its last word a member counts, in seconds. */
const PATIENCE = 15;

/** Raised when jobs, events or results change their form: members that differ in it do not understand each other. */
const PROTOCOL = 3;

/** A gallery, a worker, or a command line that asks. */
export interface Member {
  /** Its name, which no other has. */
  readonly id: string;
  /** What it is. */
  readonly kind: "gallery" | "worker" | "client";
  /** Its version of this project. */
  readonly version: string;
  /** A digest of the sections and their parameters. */
  readonly schema: string;
  /** Where it runs, for people. */
  readonly host: string;
  /** Of a worker: the digests of its models and their names there. */
  readonly models: Readonly<Record<string, string>>;
  /** Of a worker: the queue that it takes jobs from. */
  readonly queue: string;
  /** Of a worker: how many jobs it runs at a time. */
  readonly jobs: number;
  /** Of a worker: where it computes. */
  readonly device: string;
  /** Of a worker: how many megabytes a job may use. */
  readonly megabytes: number;
}

/** Members of a fleet whose versions or sections differ. */
export class FleetVersionError extends Error {
  override name = "FleetVersionError";
}

/** What two members must have in common. */
function membership(sections: readonly Section[]): Pick<Member, "version" | "schema"> {
  const schemas = sections.map(({ id, parameters }) => [id, z.toJSONSchema(parameters, { io: "input" })]);
  const hash = createHash("sha256").update(JSON.stringify([PROTOCOL, schemas]));
  return { version: configuration.version, schema: hash.digest("hex").slice(0, 12) };
}

/** One that asks, with these sections: a gallery by default. */
export function galleryMember(
  sections: readonly Section[],
  kind: Exclude<Member["kind"], "worker"> = "gallery",
): Member {
  return {
    ...membership(sections),
    id: crypto.randomUUID(),
    kind,
    host: hostname(),
    models: {},
    queue: "",
    jobs: 0,
    device: "",
    megabytes: 0,
  };
}

/** What is said of a worker beside its version. */
export type WorkerAbilities = Pick<Member, "models" | "jobs" | "device" | "megabytes">;

/** A worker with these sections. */
export function workerMember(sections: readonly Section[], abilities: WorkerAbilities): Member {
  return {
    ...membership(sections),
    ...abilities,
    id: crypto.randomUUID(),
    kind: "worker",
    host: hostname(),
    queue: queueOf(abilities.models),
  };
}

function hostname(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : "another machine";
}

/** The queue for workers with these models: those that have the same share one. */
function queueOf(models: Readonly<Record<string, string>>): string {
  return createHash("sha256").update(Object.keys(models).sort().join()).digest("hex").slice(0, 16);
}

/** A place in a fleet, left when it is disposed of. */
export class Membership implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #member: Member;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(redis: Redis, prefix: string, member: Member) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#member = member;
    this.#timer = setInterval(() => this.#say().catch((error) => console.error("fleet:", error)), PULSE);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /**
   * Joins.
   *
   * @param redis The fleet's Redis.
   * @param prefix What the names of the fleet's keys begin with.
   * @param member Who joins.
   * @throws {FleetVersionError} if those that are there have another version or other sections.
   */
  static async join(redis: Redis, prefix: string, member: Member): Promise<Membership> {
    const other = (await listMembers(redis, prefix)).find(({ version, schema }) =>
      version !== member.version || schema !== member.schema
    );
    if (other) {
      const of = ({ version, schema }: Member) => `version ${version} with sections ${schema}`;
      throw new FleetVersionError(
        `queue: this ${member.kind} is ${of(member)}, and the ${other.kind} on ${other.host} is ${
          of(other)
        }: ` +
          "all of a fleet must be the same",
      );
    }
    const membership = new Membership(redis, prefix, member);
    await membership.#say();
    return membership;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#redis.multi().srem(`${this.#prefix}:members`, this.#member.id)
      .del(`${this.#prefix}:member:${this.#member.id}`).exec();
  }

  async #say(): Promise<void> {
    const { id } = this.#member;
    await this.#redis.multi().sadd(`${this.#prefix}:members`, id)
      .set(`${this.#prefix}:member:${id}`, JSON.stringify(this.#member), "EX", PATIENCE).exec();
  }
}

/** All that are there. */
export async function listMembers(redis: Redis, prefix: string): Promise<Member[]> {
  const ids = await redis.smembers(`${prefix}:members`);
  if (ids.length === 0) return [];
  const texts = await redis.mget(ids.map((id) => `${prefix}:member:${id}`));
  const gone = ids.filter((_, i) => texts[i] === null);
  if (gone.length > 0) await redis.srem(`${prefix}:members`, gone);
  return texts.flatMap((text) => text === null ? [] : [JSON.parse(text) as Member]);
}
