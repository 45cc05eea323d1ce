/** The API described, for those who write programs against it: what its operations and schemas say, as OpenAPI 3.1. */
import { z } from "zod";
import type { Catalog } from "../catalog.ts";
import * as schemas from "../wire_schemas.ts";
import { type Operation, operations } from "./operations.ts";

/** The formats of pictures that can be sent. */
const PICTURES = ["image/png", "image/jpeg", "image/gif"];

/** The description, in OpenAPI 3.1. */
export function openApi(catalog: Catalog): Record<string, unknown> {
  const { jobRequest, ...named } = { ...schemas, ...answersWithoutName() };
  const parametersOf = (id: string) => `parameters-${id}`;
  const inputs = Object.fromEntries(
    catalog.sections.map(({ id, parameters }) => [parametersOf(id), parameters]),
  );
  const request = jsonSchemas({ jobRequest }, "input").jobRequest;
  const bodies = {
    job: {
      "application/json": {
        schema: {
          oneOf: catalog.sections.map(({ id }) => {
            const section = { ...request.properties!.section, const: id };
            return { ...request, properties: { section, parameters: ref(parametersOf(id)) } };
          }),
        },
      },
    },
    picture: Object.fromEntries(PICTURES.map((type) => [type, { schema: binary }])),
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, operation] of Object.entries<Operation>(operations)) {
    const { method, path, summary, body, answers, token } = operation;
    const parameters = parametersIn(operation);
    (paths[path] ??= {})[method] = {
      operationId,
      summary,
      ...(token && { security: [{ [token]: [] }] }),
      ...(parameters.length && { parameters }),
      ...(body && { requestBody: { required: true, content: bodies[body] } }),
      responses: Object.fromEntries(
        Object.entries(answers).map(([status, { description, json, type = "application/json" }]) => {
          const schema = json ? ref(nameOf(json, operationId)) : type.startsWith("text/") ? text : binary;
          // Of a stream, the data of each event.
          const sent = json && type === "text/event-stream" ? { ...text, contentSchema: schema } : schema;
          return [status, { description, content: { [type]: { schema: sent } } }];
        }),
      ),
    };
  }
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
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        fleet: { type: "http", scheme: "bearer", description: "The token that the fleet's workers show" },
      },
      schemas: { ...jsonSchemas(inputs, "input"), ...jsonSchemas(named, "output") },
    },
  };
}

const text = { type: "string" };
const binary = { ...text, format: "binary" };

/** What the schema of an answer is called: as in `wire_schemas.ts`, else as its operation. */
function nameOf(schema: z.ZodType, operationId: string): string {
  return Object.entries(schemas).find(([, other]) => other === schema)?.[0] ?? operationId;
}

/** The schemas that only an answer has. */
function answersWithoutName(): Record<string, z.ZodType> {
  const found = Object.entries<Operation>(operations).flatMap(([id, { answers }]) => {
    return Object.values(answers).flatMap(({ json }) => json ? [[nameOf(json, id), json] as const] : []);
  });
  return Object.fromEntries(found);
}

/** What a path, a query and headers hold. */
function parametersIn({ path, query = {}, resumes }: Operation): unknown[] {
  return [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: text,
    })),
    ...Object.entries(query).map(([name, required]) => ({ name, in: "query", required, schema: text })),
    ...(resumes ? [{ name: "Last-Event-ID", in: "header", schema: { type: "integer" } }] : []),
  ];
}

/** A JSON schema, as far as it is looked into here. */
interface JsonSchema extends Record<string, unknown> {
  readonly properties?: Readonly<Record<string, object>>;
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** Schemas as JSON schemas that refer to one another by their names; forms' words are not part of them. */
function jsonSchemas(named: Readonly<Record<string, z.ZodType>>, io: "input" | "output") {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    io,
    uri: (id) => ref(id).$ref,
    unrepresentable: "any",
    // That lists are not to be changed is for the compiler.
    override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
  });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([name, { $schema: _, $id: __, ...schema }]) => {
      return [name, schema as JsonSchema];
    }),
  );
}
