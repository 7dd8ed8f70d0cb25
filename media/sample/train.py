"""Pre-training of a small language model, the script beside the recorded sample run.

Run it in a folder with `tokens.bin` (uint16 token ids); it writes runs/<name>/metrics.jsonl as it goes.
"""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# optimisation
learning_rate = 1e-3
weight_decay = 0.1
beta1, beta2 = 0.9, 0.95
grad_clip = 1.0

# schedule: warm up, stay, cool down linearly over the last fifth
max_steps = 25_000
warmup_steps = 300
cooldown_fraction = 0.2

# model and batch
layers, width, heads = 12, 768, 12
vocab, context, batch = 50_304, 512, 200
log_every, eval_every = 50, 200

out = pathlib.Path("runs/gpt-124m/metrics.jsonl")
device = "cuda" if torch.cuda.is_available() else "cpu"


def lr_at(step: int) -> float:
    cooldown_start = max_steps * (1 - cooldown_fraction)
    if step < warmup_steps:
        return learning_rate * step / warmup_steps
    if step < cooldown_start:
        return learning_rate
    return learning_rate * (max_steps - step) / (max_steps - cooldown_start)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, heads, c // heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.position = nn.Embedding(vocab, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block() for _ in range(layers))
        self.norm, self.head = nn.RMSNorm(width), nn.Linear(width, vocab, bias=False)

    def forward(self, tokens):
        x = self.embed(tokens) + self.position(torch.arange(tokens.shape[1], device=tokens.device))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def batches(split):
    data = np.memmap("tokens.bin", dtype=np.uint16, mode="r")
    data = data[: int(0.99 * len(data))] if split == "train" else data[int(0.99 * len(data)) :]
    while True:
        starts = np.random.randint(0, len(data) - context - 1, batch)
        yield torch.tensor(np.stack([data[s : s + context + 1] for s in starts]).astype(np.int64), device=device)


def loss_of(model, tokens):
    return F.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())


def main():
    model = Model().to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, betas=(beta1, beta2), weight_decay=weight_decay)
    train, val = batches("train"), batches("val")
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("a") as log:
        log.write(json.dumps({"config": {"learning_rate": learning_rate, "max_steps": max_steps}}) + "\n")
        for step in range(1, max_steps + 1):
            for group in optimizer.param_groups:
                group["lr"] = lr_at(step)
            loss = loss_of(model, next(train))
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), grad_clip)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if step % log_every == 0:
                log.write(json.dumps({"step": step, "train_loss": loss.item(), "lr": lr_at(step)}) + "\n")
            if step % eval_every == 0:
                with torch.no_grad():
                    losses = [loss_of(model, next(val)).item() for _ in range(20)]
                log.write(json.dumps({"step": step, "val_loss": math.fsum(losses) / len(losses)}) + "\n")
            log.flush()


if __name__ == "__main__":
    main()
