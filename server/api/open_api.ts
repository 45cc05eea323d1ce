/** The API described, for those who write programs against it. */
import { z } from "zod";
import type { Catalog } from "../catalog.ts";

/** The description, in OpenAPI 3.1. */
export function openApi(catalog: Catalog): Record<string, unknown> {
  const parameters = Object.fromEntries(
    catalog.sections.map(({ id, parameters }) => [`parameters-${id}`, schemaOf(parameters)]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Denoise: the gallery",
      version: "1",
      description:
        "Runs sections of a report on diffusion models: start a job, watch it, cancel it, fetch its result.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{}, { token: [] }],
    paths: {
      "/api/sections": {
        get: operation("listSections", "What can be run", answer("The sections", { type: "array" })),
      },
      "/api/sections/{id}": {
        get: operation(
          "describeSection",
          "A section's parameters",
          { ...answer("The section"), ...missing },
          [path("id")],
        ),
      },
      "/api/models": {
        get: operation("listModels", "Models that can be chosen", answer("The models", { type: "array" })),
      },
      "/api/images": {
        get: operation(
          "listImages",
          "Pictures that can be chosen",
          answer("The pictures", { type: "array" }),
        ),
      },
      "/api/images/{id}": {
        get: operation("readImage", "A picture of the report", { ...picture, ...missing }, [path("id")]),
      },
      "/api/jobs": {
        post: {
          ...operation("startJob", "Start a job", {
            200: content("It is known already", ref("job")),
            202: content("It waits or runs", ref("job")),
            ...problem(400, "A parameter is wrong"),
            ...problem(404, "There is no such section"),
            ...problem(413, "The body is too large"),
            ...problem(415, "The body is not JSON"),
            ...problem(429, "The queue is full, or too much was asked; Retry-After says when to try again"),
          }),
          requestBody: {
            required: true,
            content: {
              "application/json": { schema: { oneOf: catalog.sections.map(({ id }) => request(id)) } },
            },
          },
        },
      },
      "/api/jobs/{id}": {
        get: operation("readJob", "How a job fares", { ...answer("The job", ref("job")), ...missing }, [
          path("id"),
        ]),
        delete: operation("cancelJob", "Cancel a job", { ...answer("The job", ref("job")), ...missing }, [
          path("id"),
        ]),
      },
      "/api/jobs/{id}/events": {
        get: operation("watchJob", "Watch a job, from the last event that is known", {
          ...stream,
          ...missing,
        }, [
          path("id"),
          lastEvent,
        ]),
      },
      "/api/results/{key}": {
        get: operation("readResult", "A result", { ...answer("The result", ref("result")), ...missing }, [
          path("key"),
        ]),
      },
      "/api/results/{key}/events": {
        get: operation("replayResult", "How a result came about", { ...stream, ...missing }, [
          path("key"),
          lastEvent,
        ]),
      },
      "/api/results/{key}/files/{file}": {
        get: operation("readFile", "A figure's picture", { ...picture, ...missing }, [
          path("key"),
          path("file"),
        ]),
      },
      "/api/uploads": {
        post: {
          ...operation("upload", "Send a picture, to use its name as a parameter", {
            201: content("Its name and size", { type: "object" }),
            ...problem(400, "It is no picture, or too large"),
            ...problem(413, "The file is too large"),
            ...problem(415, "It is not PNG, JPEG or GIF"),
            ...problem(429, "Too many pictures; Retry-After says when to try again"),
            ...problem(507, "The disk is full"),
          }),
          requestBody: {
            required: true,
            content: Object.fromEntries(
              ["image/png", "image/jpeg", "image/gif"].map((
                type,
              ) => [type, { schema: { type: "string", format: "binary" } }]),
            ),
          },
        },
      },
      "/api/uploads/{id}": {
        get: operation("readUpload", "A picture that was sent", { ...picture, ...missing }, [path("id")]),
      },
      "/api/vocabulary": {
        get: operation(
          "readVocabulary",
          "What a model for texts knows; with a prompt, the words of it that it does not know. null where that is not written down",
          { ...answer("Things, styles and others, or unknown words", {}), ...missing },
          [query("model", true), query("prompt", false)],
        ),
      },
      "/health": {
        get: operation("health", "Whether all is well", { ...answer("It is"), ...problem(503, "It is not") }),
      },
      "/metrics": {
        get: operation("metrics", "Numbers for Prometheus", {
          200: { description: "The numbers", content: { "text/plain": { schema: { type: "string" } } } },
        }),
      },
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: {
        ...parameters,
        job: {
          type: "object",
          required: ["id", "section", "parameters", "key", "state", "position", "wait", "cached"],
          properties: {
            id: { type: "string" },
            section: { type: "string" },
            parameters: { type: "object" },
            key: { type: "string", description: "The name of the result" },
            state: { enum: ["queued", "running", "done", "failed", "cancelled"] },
            position: { type: "integer", description: "How many are before it, itself counted" },
            wait: { type: "number", description: "Seconds until it starts" },
            cached: { type: "boolean", description: "Whether the answer was known already" },
            error: {
              type: "object",
              description: "What went wrong, and with which argument, if it is one",
              required: ["message"],
              properties: { message: { type: "string" }, ...fault },
            },
          },
        },
        result: {
          type: "object",
          required: ["key", "section", "parameters", "models", "created", "seconds", "figures"],
          properties: {
            key: { type: "string" },
            section: { type: "string" },
            parameters: { type: "object" },
            models: { type: "object", additionalProperties: { type: "string" } },
            created: { type: "string", format: "date-time" },
            seconds: { type: "number" },
            figures: { type: "array", items: { type: "object" } },
          },
        },
        problem: {
          type: "object",
          required: ["status", "detail"],
          properties: {
            status: { type: "integer" },
            detail: { type: "string" },
            ...fault,
          },
        },
      },
    },
  };
}

/** What is wrong with an argument. */
const fault = {
  argument: { type: "string", description: "The argument that is wrong, by its path: pairs[0].upright" },
  found: { type: "string", description: "What it was" },
  expected: { type: "string", description: "What is expected, as a noun" },
};

function operation(
  operationId: string,
  summary: string,
  responses: Record<string, unknown>,
  parameters: readonly unknown[] = [],
): Record<string, unknown> {
  return { operationId, summary, responses, ...(parameters.length && { parameters }) };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const path = (name: string) => ({ name, in: "path", required: true, schema: { type: "string" } });
const query = (name: string, required: boolean) => ({
  name,
  in: "query",
  required,
  schema: { type: "string" },
});
const lastEvent = { name: "Last-Event-ID", in: "header", schema: { type: "integer" } };
const content = (description: string, schema: unknown, type = "application/json") => ({
  description,
  content: { [type]: { schema } },
});
const answer = (description: string, schema: unknown = { type: "object" }) => ({
  200: content(description, schema),
});
const problem = (status: number, description: string) => ({
  [status]: content(description, ref("problem"), "application/problem+json"),
});
const missing = problem(404, "There is none");
const stream = { 200: content("Server-sent events", { type: "string" }, "text/event-stream") };
const picture = { 200: content("The picture", { type: "string", format: "binary" }, "image/*") };

function request(section: string): Record<string, unknown> {
  return {
    type: "object",
    required: ["section"],
    additionalProperties: false,
    properties: { section: { const: section }, parameters: ref(`parameters-${section}`) },
  };
}

/** A section's parameters as JSON schema; forms' words are not part of it. */
function schemaOf(parameters: z.ZodObject): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: "input" }) as Record<string, unknown>;
  return schema;
}
