/** What to do if a task may not reach a host: tasks have permission for the public hub, not for its mirrors. */
import { ArgumentError } from "../../lib/errors.ts";
import { endpointInEnvironment } from "../../lib/checkpoints/hub.ts";

/** A word quoted for a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The host that Deno has refused to connect to; undefined of any other error. */
function refusedHost(error: unknown): string | undefined {
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  return /^Requires net access to "([^"]+)"/.exec(error.message)?.[1].replace(/:\d+$/, "");
}

/** The host of the address in `HF_ENDPOINT`, at any port: hubs keep their files at another one, or another host. */
function endpointHost(): string[] {
  const url = URL.parse(endpointInEnvironment() ?? "");
  return url ? [url.hostname] : [];
}

/**
 * Turns Deno's refusal to connect to a host into an error with the command that would be allowed to: the task's, with the host added
 * to its permissions. Other errors are returned unchanged.
 *
 * @param error What went wrong in `deno task models`.
 */
export async function withCommandThatMay(error: unknown): Promise<unknown> {
  const host = refusedHost(error);
  if (host === undefined) return error;
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const endpoint = endpointInEnvironment();
  const words = (tasks.models as string).split(" ").map((word) => {
    if (!word.startsWith("--allow-net=")) return word;
    const known = word.slice("--allow-net=".length).split(",");
    return `--allow-net=${[...new Set([...endpointHost(), host, ...known])].join(",")}`;
  });
  const command = [
    ...endpoint ? [`HF_ENDPOINT=${quoted(endpoint)}`] : [],
    ...[...words, ...Deno.args].map(quoted),
  ].join(" ");
  return new ArgumentError(
    endpoint ? "HF_ENDPOINT" : "net",
    host,
    "a host that the task has permission for",
    {
      note: `this command has it: ${command}`,
      cause: error,
    },
  );
}
