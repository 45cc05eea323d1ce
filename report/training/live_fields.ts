/** The fields of a live training. */
import { optimizerNames } from "../../recipes/recipe.ts";
import { choice, decimal, whole } from "../fields.ts";
import { digitSources } from "./digits.ts";
import { startingPoints } from "./start.ts";

/** Additional parameters of sections whose network can be trained live; by default it is not. */
export const liveTraining = () => ({
  from: choice(startingPoints, "none", {
    label: "Train from",
    help: "The trained network shows digits at once and goes on learning; random weights know nothing yet.",
  }),
  trainSteps: whole({
    min: 1,
    max: 20_000,
    value: 100,
    control: "steps",
    label: "Training steps",
    help: "How many steps are trained right now, of one batch each.",
  }),
  data: choice(digitSources, "mnist", {
    label: "Learn from",
    help:
      "The digits of MNIST, those that you draw here, or both in halves. What you draw stays in this browser.",
  }),
  width: whole({
    min: 1,
    max: 128,
    value: 16,
    label: "Width",
    help: "Hidden width of a network from random weights; the one that ships has 64.",
  }),
  batch: whole({ min: 2, max: 512, value: 32, label: "Batch", help: "Digits in a step." }),
  learningRate: decimal({
    min: 1e-6,
    max: 0.1,
    value: 1e-3,
    step: 1e-4,
    label: "Learning rate",
    help: "At the start; a cosine takes it to zero.",
  }),
  optimizer: choice(optimizerNames, "adam", {
    label: "Optimiser",
    help: "Muon gets a network of random weights to digits in a fraction of the steps that Adam takes.",
  }),
  drawings: whole({
    min: 1,
    max: 20,
    value: 2,
    label: "Drawings",
    help: "How often samples are drawn while it trains.",
  }),
});
