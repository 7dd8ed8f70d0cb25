"""Spectra of feed-forward activations while a model trains, for Lossline. Needs PyTorch and nothing else.

    import lossline_activations
    activations = lossline_activations.attach(model)   # before the model is compiled or wrapped
    ...
    activations.step()                                 # after optimizer.step(); PyTorch 2.0 and later do it by themselves

Every `every` optimizer steps one step is watched: up to `tokens` token vectors before (`pre`) and behind (`post`) each
feed-forward nonlinearity become counts, means and scatter matrices; no activation is kept. The first rank appends the
eigenvalues of the covariances to `path`, one line of JSON each. With `triples=True` every rank writes (count, mean,
scatter) to a file of its own instead, and `lossline spectra` merges them exactly. Ranks never wait for each other.
Vectors wider than `width` are represented by at most that many evenly spaced entries. Padding is counted as tokens.
"""

import json
import os
import re

import torch
from torch.optim import optimizer as optimizers

# Names of modules: what PRE gives is `pre`, what POST takes is `post`. With a gate, `pre` is the output of the gate.
PRE = r"(^|\.)(gate_proj|up_proj|c_fc|fc1|w1|wi(_0)?|dense_h_to_4h|linear_?1|linear_fc1|lin1|fc_in)$"
POST = r"(^|\.)(down_proj|c_proj|fc2|w2|wo|dense_4h_to_h|linear_?2|linear_fc2|lin2|fc_out)$"
ATTENTION = r"attn|[aA]ttention"


class Moments:
    """Count, mean and scatter about the mean of vectors. Merging two is exact (Chan, Golub and LeVeque 1979)."""

    def __init__(self, rows):
        self.count = rows.shape[0]
        self.mean = rows.mean(0)
        centred = rows - self.mean
        self.scatter = centred.T @ centred

    def merge(self, other):
        count = self.count + other.count
        apart = other.mean - self.mean
        self.scatter += other.scatter + torch.outer(apart, apart) * (self.count * other.count / count)
        self.mean += apart * (other.count / count)
        self.count = count


class ActivationLogger:
    def __init__(self, path, every, tokens, width, triples, start):
        self.path, self.every, self.tokens, self.width, self.triples = path, every, tokens, width, triples
        self.rank = int(os.environ.get("RANK", 0))
        self.done, self.found, self.widths = start, {}, {}
        self.automatic = self.failed = False
        self.first_optimizer = None

    @property
    def active(self):
        return not self.failed and self.done % self.every == 0 and (self.triples or self.rank == 0)

    def step(self):
        """Call it after every optimizer step, on every rank."""
        if not self.automatic:
            self._step()

    def _after(self, optimizer, *_):
        if self.first_optimizer is None:
            self.first_optimizer = optimizer
        if optimizer is self.first_optimizer:
            self._step()

    def _step(self):
        if self.active and self.found:
            self._guarded(self._write_triples if self.triples else self._write_spectra)
        self.found = {}
        self.done += 1

    def _guarded(self, work, *args):
        """Logging must not end a training: after the first fault there is no more of it."""
        try:
            with torch.no_grad():
                work(*args)
        except Exception as error:
            self.failed, self.found = True, {}
            print("lossline_activations: stopped:", error)

    def watch(self, module, key, values=None):
        if self.active and module.training and torch.is_tensor(values) and values.dim() > 1:
            self._guarded(self._take, key, values.detach())

    def _take(self, key, values):
        before = self.found.get(key)
        left = self.tokens - (before.count if before else 0)
        if left < 2:
            return
        rows = values.reshape(-1, values.shape[-1])
        self.widths[key] = rows.shape[1]
        # Float32 whatever the precision of the model: autocast would take the product in half of it.
        with torch.autocast(values.device.type, enabled=False):
            rows = rows[:: -(-rows.shape[0] // left), :: -(-rows.shape[1] // self.width)].float()
            rows = rows[rows.isfinite().all(1)]
            if rows.shape[0] < 2:
                return
            if before:
                before.merge(Moments(rows))
            else:
                self.found[key] = Moments(rows)

    def _write_spectra(self):
        lines = []
        for key, moments in self.found.items():
            module, where = key.rsplit(".", 1)
            values = torch.linalg.eigvalsh(moments.scatter / (moments.count - 1)).clamp(min=0).flip(0)
            share = (values / values.sum()).clamp(min=1e-12)
            line = {"step": self.done, "module": module, "where": where}
            line.update(count=moments.count, width=self.widths[key])
            line["dead"] = int((moments.scatter.diagonal() <= 1e-12 * moments.count).sum())
            line["soft_rank_" + where] = float((-share * share.log()).sum().exp())
            line["hard_rank_" + where] = float(values.sum() ** 2 / (values**2).sum())
            line["eigenvalues"] = [float("%.6g" % value) for value in values.tolist()]
            lines.append(json.dumps(line) + "\n")
        with open(self.path, "a", encoding="utf-8") as out:
            out.write("".join(lines))

    def _write_triples(self):
        triples = {}
        for key, moments in self.found.items():
            count, width = torch.tensor(float(moments.count)), torch.tensor(float(self.widths[key]))
            mean, scatter = moments.mean.cpu(), moments.scatter.cpu()
            triples[key] = {"count": count, "width": width, "mean": mean, "scatter": scatter}
        name = "%s-step%06d-rank%05d.pt" % (os.path.splitext(self.path)[0], self.done, self.rank)
        torch.save(triples, name + ".tmp")
        os.replace(name + ".tmp", name)


def attach(model, path="lossline_activations.jsonl", every=500, tokens=8192, width=2048, triples=False, start=0):
    """Watches the feed-forward layers of `model`; `start` is the number of optimizer steps already done."""
    logger = ActivationLogger(path, every, tokens, width, triples, start)
    modules = {name: module for name, module in model.named_modules() if not re.search(ATTENTION, name)}
    for name, module in modules.items():
        if re.search(POST, name):
            module.register_forward_pre_hook(lambda m, args, key=name + ".post": logger.watch(m, key, *args[:1]))
        elif re.search(PRE, name) and not (name.endswith("up_proj") and name[:-7] + "gate_proj" in modules):
            module.register_forward_hook(lambda m, args, out, key=name + ".pre": logger.watch(m, key, out))
    register = getattr(optimizers, "register_optimizer_step_post_hook", None)
    if register is not None:
        register(logger._after)
        logger.automatic = True
    return logger
