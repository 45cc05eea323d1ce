import { Head } from "fresh/runtime";

export default function About() {
  return (
    <div class="prose about">
      <Head>
        <title>About · Denoise</title>
      </Head>
      <h1>About</h1>
      <p class="lead">
        Denoise is a TypeScript library for diffusion models, and this gallery is its report: an explanation
        that you can run. The <a href="/docs">guides</a> show how to use both.
      </p>
      <h2>How it works</h2>
      <p>
        Each section of the report is data and one function: a text, a schema of parameters, and a generator
        of figures. The same sections produce the figures you read, run on the command line, and run here when
        you press a button. A network is a TypeScript function that writes an ONNX graph; ONNX Runtime
        executes it on this machine, in a process of its own, so that the pages stay responsive.
      </p>
      <p>
        A result is identified by what determines it: the section, its parameters, and the weights of its
        models. If you ask for the same thing twice, the server answers from its store and says so. A link to
        a result contains all parameters.
      </p>
      <h2>Privacy</h2>
      <p>
        No request goes to another host, and there are no cookies except the one that remembers an access
        token, if one is required. Images you upload are resized in your browser, kept for a limited time, and
        visible only to those who know their name, which is a hash of their content. The list of your results
        is stored in your browser alone.
      </p>
      <div class="prose" data-server>
        <h2>The API</h2>
        <p>
          Everything you can do here you can do with <code>curl</code>. There is an{" "}
          <a href="/api/openapi.json">OpenAPI description</a>.
        </p>
        <pre tabIndex={0} aria-label="Example"><code>{EXAMPLE}</code></pre>
      </div>
      <h2>Keyboard</h2>
      <p>
        Everything can be reached with the Tab key. Arrow keys move sliders, Escape closes dialogs, and the
        space bar flips images. If your system asks for reduced motion, animations do not start by themselves.
      </p>
      <h2>Licences</h2>
      <p>
        The code is under the MIT licence, the weights are under the licences in their{" "}
        <a href="/models">model cards</a>. DeepFloyd IF's safety checker and watermark are not part of this
        project; if you load its weights, you are bound by their licence.
      </p>
    </div>
  );
}

/** Every line fits the column: what it does stands above it. */
const EXAMPLE = `# what you can run
curl -s localhost:8000/api/sections
# run it
curl -s localhost:8000/api/jobs --json \\
  '{"section": "from-noise", "parameters": {"seed": 7}}'
# watch it; Last-Event-ID resumes
curl -sN localhost:8000/api/jobs/JOB/events
# cancel it
curl -s -X DELETE localhost:8000/api/jobs/JOB
# the result
curl -s localhost:8000/api/results/KEY`;
