/** The operations of the API and their responses: routes, their description and their tests are derived from this list. */
import { z } from "zod";
import * as schemas from "../wire_schemas.ts";

/** An answer: JSON by a schema, or something else of a type. */
interface Answer {
  /** When it is given, or what it is. */
  readonly description: string;
  /** What its JSON is like. */
  readonly json?: z.ZodType;
  /** Its type where it is no JSON. */
  readonly type?: string;
}

/** One thing that can be asked. */
export interface Operation {
  /** The method. */
  readonly method: "get" | "post" | "delete";
  /** The path, its parameters in braces. */
  readonly path: string;
  /** What it does. */
  readonly summary: string;
  /** The token that it takes where it is not that of visitors. */
  readonly token?: "fleet";
  /** What the query may hold, and whether it must. */
  readonly query?: Readonly<Record<string, boolean>>;
  /** Whether it may go on after an event that is known, by `Last-Event-ID`. */
  readonly resumes?: true;
  /** What the body is: the start of a job, or a picture. */
  readonly body?: "job" | "picture";
  /** The answers by their status. */
  readonly answers: Readonly<Record<number, Answer>>;
}

const problem = (status: number, description: string) => ({
  [status]: { description, json: schemas.problem, type: "application/problem+json" },
});
const missing = problem(404, "There is none");
const json = (description: string, json: z.ZodType) => ({ 200: { description, json } });
const picture = { 200: { description: "The picture", type: "image/*" }, ...missing };
const events = {
  200: { description: "Server-sent events", type: "text/event-stream", json: schemas.event },
  ...missing,
};

/** The operations by their names. */
export const operations = {
  listSections: {
    method: "get",
    path: "/api/sections",
    summary: "What can be run",
    answers: json("The sections", z.array(schemas.section)),
  },
  describeSection: {
    method: "get",
    path: "/api/sections/{id}",
    summary: "A section's parameters",
    answers: { ...json("The section", schemas.sectionForm), ...missing },
  },
  listModels: {
    method: "get",
    path: "/api/models",
    summary: "Models that can be chosen",
    answers: json("The models", z.array(schemas.model)),
  },
  listImages: {
    method: "get",
    path: "/api/images",
    summary: "Pictures that can be chosen",
    answers: json("The pictures", z.array(schemas.image)),
  },
  readImage: {
    method: "get",
    path: "/api/images/{id}",
    summary: "A picture of the report",
    answers: picture,
  },
  describeApi: {
    method: "get",
    path: "/api/openapi.json",
    summary: "This description",
    answers: json("OpenAPI 3.1", z.record(z.string(), z.unknown())),
  },
  startJob: {
    method: "post",
    path: "/api/jobs",
    summary: "Start a job",
    body: "job",
    answers: {
      200: { description: "It is known already", json: schemas.job },
      202: { description: "It waits or runs", json: schemas.job },
      ...problem(400, "A parameter is wrong"),
      ...problem(404, "There is no such section"),
      ...problem(413, "The body is too large"),
      ...problem(415, "The body is not JSON"),
      ...problem(429, "The queue is full, or too much was asked; Retry-After says when to try again"),
    },
  },
  readJob: {
    method: "get",
    path: "/api/jobs/{id}",
    summary: "How a job fares",
    answers: { ...json("The job", schemas.job), ...missing },
  },
  cancelJob: {
    method: "delete",
    path: "/api/jobs/{id}",
    summary: "Cancel a job",
    answers: { ...json("The job", schemas.job), ...missing },
  },
  watchJob: {
    method: "get",
    path: "/api/jobs/{id}/events",
    summary: "Watch a job, from the last event that is known",
    resumes: true,
    answers: events,
  },
  readResult: {
    method: "get",
    path: "/api/results/{key}",
    summary: "A result",
    answers: { ...json("The result", schemas.result), ...missing },
  },
  replayResult: {
    method: "get",
    path: "/api/results/{key}/events",
    summary: "How a result came about",
    resumes: true,
    answers: events,
  },
  readFile: {
    method: "get",
    path: "/api/results/{key}/files/{file}",
    summary: "A figure's picture; with download, as a file to keep",
    query: { download: false },
    answers: picture,
  },
  upload: {
    method: "post",
    path: "/api/uploads",
    summary: "Send a picture, to use its name as a parameter",
    body: "picture",
    answers: {
      201: { description: "Its name and size", json: schemas.upload },
      ...problem(400, "It is no picture, or too large"),
      ...problem(413, "The file is too large"),
      ...problem(415, "It is not PNG, JPEG or GIF"),
      ...problem(429, "Too many pictures; Retry-After says when to try again"),
      ...problem(507, "The disk is full"),
    },
  },
  readUpload: {
    method: "get",
    path: "/api/uploads/{id}",
    summary: "A picture that was sent",
    answers: picture,
  },
  readVocabulary: {
    method: "get",
    path: "/api/vocabulary",
    summary:
      "What a model for texts knows; with a prompt, the words of it that it does not know. null where that is " +
      "not written down",
    query: { model: true, prompt: false },
    answers: {
      ...json(
        "Things, styles and others, or unknown words",
        z.union([schemas.vocabulary, z.array(schemas.unknownWord), z.null()]),
      ),
      ...missing,
    },
  },
  health: {
    method: "get",
    path: "/health",
    summary: "Whether all is well",
    answers: {
      200: { description: "It is", json: schemas.health },
      503: { description: "It is not", json: schemas.health },
    },
  },
  readFleet: {
    method: "get",
    path: "/api/fleet",
    summary:
      "The workers of the fleet and their queues, for those who show its token. What else is below this path is " +
      "between workers and galleries of one version, and not described",
    token: "fleet",
    answers: {
      ...json("The fleet", schemas.fleet),
      ...problem(401, "The token is not the fleet's"),
      ...problem(404, "This gallery computes on its own machine"),
      ...problem(429, "Too many wrong tokens came from there; Retry-After says when to try again"),
    },
  },
  metrics: {
    method: "get",
    path: "/metrics",
    summary: "Numbers for Prometheus",
    answers: { 200: { description: "The numbers", type: "text/plain" } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
