/** Parts of images. @module */
import type { Tensor } from "../../tensor.ts";

/**
 * A part of images `[N, C, H, W]`, as a linear function of them. A split is a list of parts whose sum is the image itself
 * (Geng et al. 2024, "Factorized Diffusion", section 3.2).
 */
export type Part = (x: Tensor) => Tensor;
