"""PyTorch's side of bench/train.ts: the same network, data and optimiser; bench/step_process.ts says what is spoken.

usage: torch_mnist_unet.py THREADS nchw|nhwc [FOLDER BATCH, which are not looked at]
"""
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

WIDTH, BATCH, CLASSES, STEPS, DROP = 64, 128, 10, 300, 0.1


def activation(channels):
    return nn.Sequential(nn.BatchNorm2d(channels), nn.GELU())


def conv(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, 1, 1), activation(outputs))


def block(inputs, outputs):
    return nn.Sequential(conv(inputs, outputs), conv(outputs, outputs))


def down(inputs, outputs):
    half = nn.Conv2d(inputs, outputs, 3, 2, 1)
    return nn.Sequential(half, activation(outputs), block(outputs, outputs))


def up(inputs, outputs):
    twice = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1)
    return nn.Sequential(twice, activation(outputs), block(outputs, outputs))


def condition(inputs, outputs):
    return nn.Sequential(
        nn.Linear(inputs, outputs), nn.GELU(), nn.Linear(outputs, outputs), nn.Unflatten(1, (outputs, 1, 1))
    )


class UNet(nn.Module):
    """The class-conditioned network of lib/nn/mnist_unet.ts."""

    def __init__(self, d):
        super().__init__()
        self.inp, self.d1, self.d2 = block(1, d), down(d, d), down(d, 2 * d)
        self.un = nn.Sequential(nn.ConvTranspose2d(2 * d, 2 * d, 7, 7), activation(2 * d))
        self.u1, self.u2, self.out = up(4 * d, d), up(2 * d, d), block(2 * d, d)
        self.last = nn.Conv2d(d, 1, 3, 1, 1)
        self.t1, self.t2 = condition(1, 2 * d), condition(1, d)
        self.c1, self.c2 = condition(CLASSES, 2 * d), condition(CLASSES, d)

    def forward(self, x, time, label):
        full = self.inp(x)
        half = self.d1(full)
        quarter = self.d2(half)
        u = self.un(F.gelu(F.avg_pool2d(quarter, 7)))
        u = self.c1(label) * u + self.t1(time)
        v = self.c2(label) * self.u1(torch.cat([u, quarter], 1)) + self.t2(time)
        return self.last(self.out(torch.cat([self.u2(torch.cat([v, half], 1)), full], 1)))


def main(threads, layout):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    memory_format = torch.channels_last if layout == "nhwc" else torch.contiguous_format
    network = UNet(WIDTH).to(memory_format=memory_format)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    alphas_cumprod = (1 - torch.linspace(1e-4, 0.02, STEPS)).cumprod(0)
    images = torch.rand(BATCH, 1, 28, 28)
    labels = F.one_hot(torch.randint(CLASSES, (BATCH,)), CLASSES).float()

    def step():
        t = torch.randint(STEPS, (BATCH,))
        noise = torch.randn_like(images)
        left = alphas_cumprod[t].view(-1, 1, 1, 1)
        noisy = (left.sqrt() * images + (1 - left).sqrt() * noise).to(memory_format=memory_format)
        kept = labels * (torch.rand(BATCH, 1) >= DROP)
        optimizer.zero_grad()
        loss = F.mse_loss(network(noisy, t[:, None] / STEPS, kept), noise)
        loss.backward()
        optimizer.step()
        return loss.item()

    def say(message):
        print(json.dumps(message), flush=True)

    say({"parameters": sum(p.numel() for p in network.parameters()), "engine": f"PyTorch {torch.__version__}"})
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            milliseconds.append((time.perf_counter() - start) * 1000)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        say({"milliseconds": milliseconds, "peakBytes": peak})


main(int(sys.argv[1]), sys.argv[2])
