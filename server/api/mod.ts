/** The API: all that a script can do as a visitor does. */
import type { App } from "fresh";
import type { State } from "../state.ts";
import { fleet } from "./fleet.ts";
import { jobs } from "./jobs.ts";
import { results } from "./results.ts";
import { sections } from "./sections.ts";
import { uploads } from "./uploads.ts";
import { vocabulary } from "./vocabulary.ts";

/** Adds the API to an application. */
export function addApi(app: App<State>): void {
  for (const add of [sections, jobs, results, uploads, vocabulary, fleet]) add(app);
}
