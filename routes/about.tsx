import { Head } from "fresh/runtime";

export default function About() {
  return (
    <div class="prose about">
      <Head>
        <title>About · Denoise</title>
      </Head>
      <h1>About</h1>
      <p class="lead">
        Denoise is a library for diffusion models in TypeScript, and this gallery is its report: an
        explanation that computes.
      </p>
      <h2>How it works</h2>
      <p>
        Each section of the report is data and one function: a text, a schema of parameters, and a generator
        of pictures. The same sections make the figures you read, answer the command line, and run here when
        you press a button. A network is a TypeScript function that writes an ONNX graph; ONNX Runtime
        computes it on this machine, in a process of its own, so that the pages answer while it works.
      </p>
      <p>
        Every result is known by what determines it: the section, its parameters, and the weights of its
        models. Asked twice, the server answers from its store, and says so. A link to a result has all
        parameters in it.
      </p>
      <h2>Privacy</h2>
      <p>
        No request leaves for another host, and there are no cookies but the one that remembers an access
        token where one is asked for. Pictures that you upload are scaled by your browser, kept for a day, and
        can be seen by nobody who does not know their name, which is a hash of their content. The list of your
        results is in your browser alone.
      </p>
      <h2>For programs</h2>
      <p>
        All that can be done here can be done with <code>curl</code>;{" "}
        <a href="/api/openapi.json">the description</a> is in OpenAPI's format.
      </p>
      <pre tabIndex={0} aria-label="Example"><code>{EXAMPLE}</code></pre>
      <h2>Keyboard</h2>
      <p>
        Everything can be reached with the tabulator. Sliders move with the arrows, dialogs close with Escape,
        and pictures that turn over do so with the space bar. Where motion is not wanted, animations wait to
        be asked.
      </p>
      <h2>Rights</h2>
      <p>
        The code is under the MIT licence, the weights under the licences that their{" "}
        <a href="/models">cards</a>{" "}
        name. DeepFloyd IF's safety checker and watermark are not part of this project; whoever loads its
        weights has the duties of their licence.
      </p>
    </div>
  );
}

const EXAMPLE = `curl -s localhost:8000/api/sections                         # what can be run
curl -s localhost:8000/api/jobs --json '{"section": "from-noise", "parameters": {"seed": 7}}'
curl -sN localhost:8000/api/jobs/JOB/events                 # watch it; Last-Event-ID resumes
curl -s -X DELETE localhost:8000/api/jobs/JOB               # cancel it
curl -s localhost:8000/api/results/KEY                      # what was made`;
