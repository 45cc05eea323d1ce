"""PyTorch's side of bench/train.ts for the cascade: the same networks from the same configurations, by diffusers and
transformers, with the same loss and optimiser; bench/step_process.ts says what is spoken.

usage: torch_cascade.py THREADS nchw|nhwc FOLDER BATCH

FOLDER holds unet/config.json and, for stage I, text_encoder/config.json.
"""
import json
import os
import resource
import sys
import time

import diffusers
import torch
import transformers
from torch.nn import functional as F

TIMESTEPS, LENGTH, BOUND_WEIGHT = 1000, 24, 0.5


def main(threads, layout, folder, batch):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    diffusers.logging.set_verbosity_error()
    with open(f"{folder}/unet/config.json") as file:
        unet = diffusers.UNet2DConditionModel.from_config(json.load(file))
    unet = unet.to(memory_format=torch.channels_last if layout == "nhwc" else torch.contiguous_format)
    parameters = list(unet.parameters())
    encoder = None
    if os.path.exists(f"{folder}/text_encoder/config.json"):
        with open(f"{folder}/text_encoder/config.json") as file:
            encoder = transformers.T5EncoderModel(transformers.T5Config(**json.load(file)))
        parameters += list(encoder.parameters())
    enlarges = unet.config.in_channels == 6
    size = unet.config.sample_size // 2 if enlarges else unet.config.sample_size
    optimizer = torch.optim.AdamW(parameters, 1e-3, weight_decay=0.01, fused=True)
    scheduler = diffusers.DDPMScheduler(beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction")
    betas, bars = scheduler.betas, scheduler.alphas_cumprod
    images = torch.rand(batch, 3, size, size) * 2 - 1

    def step():
        t = torch.randint(1, TIMESTEPS, (batch,))
        noise = torch.randn_like(images)
        x = scheduler.add_noise(images, noise, t)
        target = scheduler.get_velocity(images, noise, t)
        if encoder:
            ids = torch.randint(3, encoder.config.vocab_size, (batch, LENGTH))
            text = encoder(ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        else:
            text = torch.randn(batch, LENGTH, unet.config.encoder_hid_dim)
        level = None
        if enlarges:
            level = torch.randint(TIMESTEPS // 2, (batch,))
            x = torch.cat([x, scheduler.add_noise(images, torch.randn_like(images), level)], 1)
        if layout == "nhwc":
            x = x.contiguous(memory_format=torch.channels_last)
        estimate, variance = unet(x, t, text, class_labels=level).sample.chunk(2, 1)
        error = estimate - target
        column = lambda values: values.view(-1, 1, 1, 1)
        beta, now, before = column(betas[t]), column(bars[t]), column(bars[t - 1])
        smallest = (beta * (1 - before) / (1 - now)).log()
        above = (variance + 1) * (beta.log() - smallest) / 2
        weight = before * (beta / (1 - now)) ** 2 * (1 - now)
        scatter = 1 + error.detach() ** 2 * weight * (-smallest).exp()
        loss = (error**2).mean() + BOUND_WEIGHT * ((above + scatter * (-above).exp() - 1).mean() / 2)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return loss.item()

    def say(message):
        print(json.dumps(message), flush=True)

    say({"parameters": sum(p.numel() for p in parameters), "engine": f"PyTorch {torch.__version__}"})
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            milliseconds.append((time.perf_counter() - start) * 1000)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        say({"milliseconds": milliseconds, "peakBytes": peak})


main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
