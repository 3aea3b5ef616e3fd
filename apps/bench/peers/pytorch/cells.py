"""The cells that PyTorch does not ship, as hand-written loops over time: the product with the input is hoisted out, gates
are packed. Each runs as it is (eager), or as TorchScript."""
from typing import List

import torch
import torch.nn.functional as F
from torch import Tensor


def peephole_lstm(x: Tensor, h: Tensor, c: Tensor, R: Tensor, more: List[Tensor]) -> Tensor:
    """x [time, batch, 4·hidden] is the input's part of the gates i, f, g, o; `more` are the peepholes of i, f, o."""
    peep_i, peep_f, peep_o = more[0], more[1], more[2]
    outputs: List[Tensor] = []
    for now in x.unbind(0):
        i, f, g, o = torch.addmm(now, h, R).chunk(4, 1)
        i = torch.sigmoid(i + peep_i * c)
        f = torch.sigmoid(f + peep_f * c)
        c = f * c + i * torch.tanh(g)
        h = torch.sigmoid(o + peep_o * c) * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs)


def layer_norm_lstm(x: Tensor, h: Tensor, c: Tensor, R: Tensor, more: List[Tensor]) -> Tensor:
    """x is normalised already and has the bias; `more` are gain and bias of the state's product and of the cell."""
    gain, bias, cell_gain, cell_bias = more[0], more[1], more[2], more[3]
    outputs: List[Tensor] = []
    for now in x.unbind(0):
        z = now + F.layer_norm(torch.mm(h, R), [R.size(1)], gain, bias)
        i, f, g, o = z.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(F.layer_norm(c, [c.size(1)], cell_gain, cell_bias))
        outputs.append(h)
    return torch.stack(outputs)


def user(x: Tensor, h: Tensor, c: Tensor, R: Tensor, more: List[Tensor]) -> Tensor:
    """Gates f, g, o; what is not forgotten is written."""
    outputs: List[Tensor] = []
    for now in x.unbind(0):
        f, g, o = torch.addmm(now, h, R).chunk(3, 1)
        f = torch.sigmoid(f)
        c = f * c + (1 - f) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs)


class Loop(torch.nn.Module):
    """A layer over one of the loops above: [time, batch, features] → [time, batch, hidden]."""

    def __init__(self, name: str, inputs: int, hidden: int, scripted: bool):
        super().__init__()
        loop, gates = {'peephole-lstm': (peephole_lstm, 4), 'layer-norm-lstm': (layer_norm_lstm, 4), 'user': (user, 3)}[name]
        self.loop = torch.jit.script(loop) if scripted else loop
        self.hidden = hidden
        size = gates * hidden
        bound = hidden**-0.5
        self.W = torch.nn.Parameter(torch.empty(inputs, size).uniform_(-bound, bound))
        self.R = torch.nn.Parameter(torch.empty(hidden, size).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.zeros(size))
        ones, zeros = torch.ones, torch.zeros
        self.normalises = name == 'layer-norm-lstm'
        of_input = [ones(size), zeros(size)] if self.normalises else []
        more = {
            'peephole-lstm': [zeros(hidden), zeros(hidden), zeros(hidden)],
            'layer-norm-lstm': [ones(size), zeros(size), ones(hidden), zeros(hidden)],
            'user': [],
        }[name]
        self.of_input = torch.nn.ParameterList([torch.nn.Parameter(p) for p in of_input])
        self.more = torch.nn.ParameterList([torch.nn.Parameter(p) for p in more])

    def forward(self, x):
        time, batch, features = x.shape
        rows = x.reshape(time * batch, features)
        if self.normalises:
            gain, bias = self.of_input
            z = F.layer_norm(rows @ self.W, [self.W.size(1)], gain, bias) + self.b
        else:
            z = torch.addmm(self.b, rows, self.W)
        zeros = torch.zeros(batch, self.hidden)
        return self.loop(z.view(time, batch, -1), zeros, zeros, self.R, [p for p in self.more])
