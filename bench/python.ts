/** The peers are Python programs: which Python runs them, and how. */

/** Keeps glibc from giving memory back to the system between steps: PyTorch is about a tenth faster so. */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: "17179869184", MALLOC_TRIM_THRESHOLD_: "17179869184" };

/**
 * The Python that `DENOISE_PYTHON` names, or `python3`.
 *
 * @param packages What it must have.
 * @returns The program; undefined if there is none, or it lacks a package.
 */
export async function findPython(packages: readonly string[]): Promise<string | undefined> {
  const python = Deno.env.get("DENOISE_PYTHON") ?? "python3";
  try {
    const { success } = await new Deno.Command(python, {
      args: ["-c", `import ${packages.join(", ")}`],
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? python : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
