"""The peer of bench/deepfloyd.ts: the same network in diffusers and PyTorch, from the same files.

It is told the same as our_steps.ts and answers alike.
"""

import json
import sys
import time

import diffusers
import torch

folder, threads, layout = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.set_grad_enabled(False)
diffusers.logging.set_verbosity_error()


def say(answer):
    print(json.dumps(answer), flush=True)


version = torch.__version__.split("+")[0]
say({"engine": f"diffusers {diffusers.__version__}, PyTorch {version}, {layout}"})

for line in map(str.strip, sys.stdin):
    start = time.perf_counter()
    if line == "open":
        unet = diffusers.UNet2DConditionModel.from_pretrained(folder, subfolder="unet").eval()
        if layout == "nhwc":
            unet = unet.to(memory_format=torch.channels_last)
        say({"milliseconds": 1000 * (time.perf_counter() - start)})
    elif line == "output":
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(2, unet.config.in_channels, unet.config.sample_size, unet.config.sample_size, generator=generator)
        text = torch.randn(2, 77, unet.config.encoder_hid_dim, generator=generator)
        if layout == "nhwc":
            x = x.contiguous(memory_format=torch.channels_last)
        say(unet(x, 500, text).sample.flatten().tolist())
    else:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            unet(x, 500, text)
            milliseconds.append(1000 * (time.perf_counter() - start))
        say({"milliseconds": milliseconds})
