/** The networks of the training sections, drawn from their graphs. */
import { z } from "zod";
import { unetGraph } from "../diagrams/graphs.ts";
import { operationsDiagram } from "../diagrams/operations.ts";
import { unetDiagram } from "../diagrams/unet.ts";
import { whole } from "../fields.ts";
import { defineSection } from "../section.ts";

/** The networks of the training sections, drawn from their graphs. */
export const networks = defineSection({
  id: "networks",
  title: "The networks for digits",
  summary: "A UNet with two million weights: what it is made of, how it is trained and how it is used.",
  blocks: [
    {
      kind: "paragraph",
      text:
        "The following sections train networks of their own on the handwritten digits of MNIST: 28 by 28 " +
        "pixels, greyscale. All three are one UNet. It halves the resolution twice, down to a vector, " +
        "and doubles it again; at each resolution, features from the way down are concatenated on the " +
        "way up. The diagrams are drawn from the actual graphs that are run: the source of the network " +
        "function is all there is.",
    },
    {
      kind: "paragraph",
      text:
        "The first network removes noise in one step and receives nothing but the image. The second also " +
        "receives the timestep. Let $u$ be the features after the bottleneck and $v$ those one level " +
        "higher: $t_1 = \\mathrm{FCBlock}(t/T)$ is added to $u$, $t_2$ to $v$. The third also receives " +
        "the class, whose vectors $c_1$ and $c_2$ scale the same features, $c_1 u + t_1$ and $c_2 v + " +
        "t_2$; for one sample in ten the class is dropped (set to zero), so that guidance has an " +
        "unconditional network.",
    },
    {
      kind: "algorithm",
      title: "Training the one-step denoiser",
      lines: [
        "repeat",
        "  draw a digit $x$ from the training set",
        "  draw $\\epsilon \\sim \\mathcal N(0, I)$ and set $z = x + \\sigma\\,\\epsilon$ with $\\sigma = 0.5$",
        "  take a step of Adam on $\\nabla_\\theta \\lVert D_\\theta(z) - x \\rVert^2$",
        "until the loss no longer falls",
      ],
    },
    {
      kind: "algorithm",
      title: "Training with time and class (Ho et al. 2020, algorithm 1; Ho and Salimans 2022)",
      lines: [
        "repeat",
        "  draw a digit $x_0$ and its class $c$",
        "  with probability 0.1 set $c$ to zero",
        "  draw $t$ uniformly from $0, \\dots, T - 1$ and $\\epsilon \\sim \\mathcal N(0, I)$",
        "  set $x_t = \\sqrt{\\bar\\alpha_t}\\,x_0 + \\sqrt{1 - \\bar\\alpha_t}\\,\\epsilon$",
        "  take a step of Adam on $\\nabla_\\theta \\lVert \\epsilon_\\theta(x_t, t/T, c) - \\epsilon \\rVert^2$",
        "until the loss no longer falls",
      ],
    },
    {
      kind: "algorithm",
      title:
        "Sampling with guidance (Ho et al. 2020, algorithm 2; Ho and Salimans 2022, with $\\gamma = 1 + w$)",
      lines: [
        "draw $x_{T-1} \\sim \\mathcal N(0, I)$",
        "for $t = T - 1, \\dots, 0$ do",
        "  $\\epsilon = \\epsilon_\\theta(x_t, t/T, 0) + \\gamma\\,(\\epsilon_\\theta(x_t, t/T, c) - \\epsilon_\\theta(x_t, t/T, 0))$",
        "  $\\hat x_0 = (x_t - \\sqrt{1 - \\bar\\alpha_t}\\,\\epsilon) / \\sqrt{\\bar\\alpha_t}$",
        "  $z \\sim \\mathcal N(0, I)$ if $t > 0$, else $z = 0$",
        "  $x_{t-1} = \\frac{\\sqrt{\\bar\\alpha_{t-1}}\\,\\beta_t}{1 - \\bar\\alpha_t}\\,\\hat x_0 + " +
        "\\frac{\\sqrt{\\alpha_t}\\,(1 - \\bar\\alpha_{t-1})}{1 - \\bar\\alpha_t}\\,x_t + \\sqrt{\\tfrac{1 - \\bar\\alpha_{t-1}}{1 - \\bar\\alpha_t}\\,\\beta_t}\\;z$",
        "return $x_{-1}$, the clean image: $\\bar\\alpha_{-1} = 1$",
      ],
    },
  ],
  parameters: z.object({
    width: whole({ min: 1, max: 1024, value: 64, label: "Width", help: "Hidden width of the networks." }),
  }),
  quick: {},
  async *run(parameters) {
    const { width } = parameters;
    const plain = unetGraph(width);
    const time = unetGraph(width, { time: true });
    const both = unetGraph(width, { time: true, classes: 10 });
    const rest = { rows: [], columns: [], cells: [], parameters };
    yield {
      type: "figure",
      figure: {
        ...rest,
        name: "operations",
        caption: "The operations, and the blocks made of them.",
        alt: "Nine rows, each a name and the operators behind it, from Conv to FCBlock.",
        media: operationsDiagram([plain, time, both]),
      },
    };
    const diagrams = [
      {
        name: "unet",
        graph: plain,
        caption:
          "The UNet of the one-step denoiser. The second line of a block is its output: channels, height, " +
          "width.",
      },
      {
        name: "time-unet",
        graph: time,
        caption: "The same with the timestep, which two FCBlocks turn into vectors that are added.",
      },
      {
        name: "class-unet",
        graph: both,
        caption: "The same with the timestep and the class, whose vectors scale the channels first.",
      },
    ];
    for (const { name, graph, caption } of diagrams) {
      const alt =
        "A UNet: blocks that go down to a bottleneck and up again, with dashed skip connections between equal sizes.";
      yield { type: "figure", figure: { ...rest, name, caption, alt, media: unetDiagram(graph) } };
    }
  },
});
