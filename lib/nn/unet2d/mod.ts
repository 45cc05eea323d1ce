/** Diffusers' `UNet2DModel` as a function that writes graphs, and its configuration. */
export {
  readUnet2DConfig,
  type Unet2DAttention,
  type Unet2DBlock,
  type Unet2DConfig,
  type Unet2DMid,
  type Unet2DTime,
} from "./config.ts";
export { unet2D, type Unet2DInputs } from "./unet.ts";
