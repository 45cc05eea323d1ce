/**
 * Deep features cached between steps.
 *
 * @module
 */
import { concat, slice, type Tensor } from "../tensor.ts";
import type { Condition, KeptFeatures, Model, Query } from "./types.ts";

/** The features of one query. */
interface Kept {
  readonly condition: Condition;
  /** `[n, C, H, W]` */
  readonly features: Tensor;
}

/**
 * The output of a network's deep layers at an earlier step, reused by later ones (Ma et al. 2023, "DeepCache: accelerating
 * diffusion models for free"): these layers see coarse structure, which changes little from step to step.
 *
 * The loop has one for each network of a run and decides which steps renew it; the network stores and reads the features, keyed by what
 * its queries are conditioned on. Queries may come and go, as those without the text do where guidance has an interval.
 */
export class FeatureCache implements KeptFeatures {
  readonly #isRenewing: () => boolean;
  #kept: readonly Kept[] = [];

  /** `isRenewing` returns whether an evaluation must recompute the features. */
  constructor(isRenewing: () => boolean) {
    this.#isRenewing = isRenewing;
  }

  /**
   * The features for some queries.
   *
   * @param queries The queries.
   * @returns In their order, `[N, C, H, W]`; undefined if they must be recomputed, or those of a query are missing.
   */
  take(queries: readonly Query[]): Tensor | undefined {
    if (this.#isRenewing()) return undefined;
    const left = [...this.#kept];
    const found: Tensor[] = [];
    for (const { condition, input } of queries) {
      // Several queries may have one condition: an anagram's under several views. The first is the first one's.
      const at = left.findIndex((kept) => kept.condition === condition);
      if (at < 0) return undefined;
      const [{ features }] = left.splice(at, 1);
      if (features.shape[0] !== input.x.shape[0]) return undefined;
      found.push(features);
    }
    return found.length === 1 ? found[0] : concat(found);
  }

  /**
   * Stores the features of some queries, in place of all earlier ones.
   *
   * @param queries The queries.
   * @param features In their order, `[N, C, H, W]`.
   */
  keep(queries: readonly Query[], features: Tensor): void {
    if (queries.length === 1) {
      this.#kept = [{ condition: queries[0].condition, features }];
      return;
    }
    let end = 0;
    this.#kept = queries.map(({ condition, input }) => {
      const [start] = [end, end += input.x.shape[0]];
      return { condition, features: slice(features, start, end) };
    });
  }
}

/** The deep features of all networks of a run. */
export class FeatureCaches {
  /** Whether the evaluations of this step recompute them. */
  renew = true;
  readonly #byModel = new Map<Model, FeatureCache>();

  /** Those of a network. */
  of(model: Model): FeatureCache {
    const found = this.#byModel.get(model) ?? new FeatureCache(() => this.renew);
    this.#byModel.set(model, found);
    return found;
  }
}
