"""The VAE-GAN of libs/tfjs/src/testing/vae-gan.ts in PyTorch, on one thread of the CPU or on a CUDA device: milliseconds a step.

python torch_steps.py BATCH WIDTH three|two COUNT eager|compile cpu|cuda
-> one line of JSON: version, eager, compiled (null where it fails or is not asked for), problem
"""

import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm

FEATURES, CLASSES, LATENTS = 32, 8, 16
CONVOLUTIONS = {"three": [(5, 32, 1), (3, 64, 2), (3, 64, 2)], "two": [(3, 16, 1), (3, 32, 2)]}

torch.set_num_threads(1)


class Perceptron(nn.Module):
    def __init__(self, inputs, width, outputs):
        super().__init__()
        self.first, self.second, self.out = nn.Linear(inputs, width), nn.Linear(width, width), nn.Linear(width, outputs)
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])

    def forward(self, x):
        x = F.leaky_relu(self.norms[0](self.first(x)), 0.2)
        return self.out(F.leaky_relu(self.norms[1](self.second(x)), 0.2))


class Critic(nn.Module):
    def __init__(self, width, convolutions):
        super().__init__()
        self.convolutions = nn.ModuleList()
        channels, length = 1, FEATURES
        for kernel, outputs, stride in CONVOLUTIONS[convolutions]:
            layer = nn.Conv1d(channels, outputs, kernel, stride=stride, padding=kernel // 2)
            self.convolutions.append(spectral_norm(layer))
            channels, length = outputs, -(-length // stride)
        self.hidden = spectral_norm(nn.Linear(length * channels + CLASSES, width))
        self.out = spectral_norm(nn.Linear(width, 1))

    def forward(self, x, classes):
        h = x.unsqueeze(1)
        for convolution in self.convolutions:
            h = F.leaky_relu(convolution(h), 0.2)
        return self.out(F.leaky_relu(self.hidden(torch.cat([h.flatten(1), classes], 1)), 0.2))


def build(batch, width, convolutions, device):
    torch.set_default_device(device)
    encoder = Perceptron(FEATURES + CLASSES, width, 2 * LATENTS)
    decoder = Perceptron(LATENTS + CLASSES, width, FEATURES)
    critic = Critic(width, convolutions)
    generator = list(encoder.parameters()) + list(decoder.parameters())
    optimizers = [torch.optim.Adam(each, 1e-4, (0.5, 0.9)) for each in (critic.parameters(), generator)]
    x = torch.randn(batch, FEATURES)
    classes = F.one_hot(torch.arange(batch) % CLASSES, CLASSES).float()
    noise, posterior, prior = (torch.randn(batch, LATENTS) for _ in range(3))

    def decode(z):
        return torch.tanh(decoder(torch.cat([z, classes], 1)))

    def critic_loss():
        with torch.no_grad():
            fake = decode(noise)
        # The weights are normalized once a loss, as they are in the other programs.
        with parametrize.cached():
            return F.softplus(-critic(x, classes)).mean() + F.softplus(critic(fake, classes)).mean()

    def generator_loss():
        mean, log_variance = encoder(torch.cat([x, classes], 1)).chunk(2, 1)
        made, fake = decode(mean + posterior * torch.exp(0.5 * log_variance)), decode(prior)
        divergence = (-0.5 * (1 + log_variance - mean * mean - log_variance.exp()).sum(1)).mean()
        with parametrize.cached():
            fooled = F.softplus(-critic(made, classes)).mean() + F.softplus(-critic(fake, classes)).mean()
        return (made - x).square().sum(1).mean() + 0.1 * divergence + fooled

    def stepper(losses):
        def step():
            values = []
            for loss, optimizer, learns in zip(losses, optimizers, (True, False)):
                for parameter in critic.parameters():
                    parameter.requires_grad_(learns)
                optimizer.zero_grad()
                value = loss()
                value.backward()
                optimizer.step()
                values.append(value.item())
            return values

        return step

    return critic_loss, generator_loss, stepper


def median_ms(step, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[count // 5 :])


def main():
    batch, width, convolutions, count = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    critic_loss, generator_loss, stepper = build(batch, width, convolutions, sys.argv[6])
    eager = median_ms(stepper((critic_loss, generator_loss)), count)
    compiled, problem = None, ""
    try:
        if sys.argv[5] == "compile":
            compiled = median_ms(stepper((torch.compile(critic_loss), torch.compile(generator_loss))), count)
    except Exception as error:  # noqa: BLE001
        problem = f"{type(error).__name__}: {error}".splitlines()[0][:120]
    print(json.dumps({"version": torch.__version__, "eager": eager, "compiled": compiled, "problem": problem}))


main()
