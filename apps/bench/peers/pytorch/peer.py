"""PyTorch's side of the benchmarks. Answers the requests of src/protocol.ts on stdin, one JSON object a line.

With --probe it says instead which BLAS it has, and how fast that is.
"""
import ctypes
import json
import os
import re
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from cells import Loop

VOCABULARY = 65
CHARACTERS_PER_RUN = 100
torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '1')))


def tokens(count):
    """The same text as src/tokens.ts."""
    seed, ids = 1, []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        ids.append((seed >> 16) % VOCABULARY)
    return torch.tensor(ids)


class Cannot(Exception):
    """Not a case for PyTorch."""


class Model(nn.Module):
    """Tokens or vectors, [time, batch, …] → layers → logits."""

    def __init__(self, case):
        super().__init__()
        name, hidden, layers = case['cell'], case['hidden'], case['layers']
        self.input, self.last = case['input'], case.get('head') == 'last'
        inputs = VOCABULARY if self.input == 'one-hot' else hidden
        self.embedding = nn.Embedding(VOCABULARY, hidden) if self.input == 'embedding' else None
        shipped = {'lstm': nn.LSTM, 'gru': nn.GRU, 'rnn': nn.RNN}
        if 'loop' in case:
            sizes = [inputs] + [hidden] * (layers - 1)
            self.loops = nn.ModuleList([Loop(name, size, hidden, case['loop'] == 'scripted') for size in sizes])
            self.recurrent = None
        elif name in shipped:
            self.recurrent = shipped[name](inputs, hidden, layers)
        else:
            raise Cannot(f'torch.nn has no {name}')
        self.output = nn.Linear(hidden, VOCABULARY)

    def read(self, x):
        if self.input == 'embedding':
            return self.embedding(x)
        return F.one_hot(x, VOCABULARY).float() if self.input == 'one-hot' else x

    def forward(self, x):
        y = self.read(x)
        if self.recurrent is not None:
            y, _ = self.recurrent(y)
        else:
            for loop in self.loops:
                y = loop(y)
        return self.output(y[-1:] if self.last else y)


def training_step(case):
    if case.get('head') == 'inside' or case.get('checkpoint', 'none') != 'none':
        raise Cannot('it has the head outside the loop and no checkpoints here')
    steps, batch = case.get('time', 64), case.get('batch', 32)
    model = Model(case)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    ids = tokens(batch * steps).view(batch, steps).t().contiguous()
    targets = (3 * ids + 1) % VOCABULARY
    targets = (targets[-1:] if model.last else targets).reshape(-1)
    dense = case['input'] == 'dense'
    x = torch.randn(steps, batch, case['hidden'], requires_grad=True) if dense else ids

    def run():
        optimizer.zero_grad(set_to_none=True)
        if dense:
            x.grad = None
        loss = F.cross_entropy(model(x).reshape(-1, VOCABULARY), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run, 1


def sample(case):
    if case['cell'] not in ('lstm', 'gru', 'rnn') or case['input'] == 'dense':
        raise Cannot('it samples tokens with the cells of torch.nn')
    model = Model(case)

    def run():
        with torch.inference_mode():
            state, token = None, torch.zeros(1, 1, dtype=torch.long)
            for _ in range(CHARACTERS_PER_RUN):
                y, state = model.recurrent(model.read(token), state)
                token = torch.multinomial(torch.softmax(model.output(y[0]), 1), 1)
        return token.item()

    return run, 1 / CHARACTERS_PER_RUN


def product(case):
    """As src/workloads/product.ts."""
    name, hidden = case['product'], case['hidden']
    steps, batch = case.get('time', 64), case.get('batch', 32)
    weights = torch.randn(hidden, 4 * hidden) / (2 * hidden**0.5)
    if name in ('recurrent', 'vector'):
        h = torch.randn(batch if name == 'recurrent' else 1, hidden)
        z = h @ weights

        def run():
            for _ in range(steps):
                torch.mm(h, weights, out=z)
                torch.mm(z, weights.t(), out=h)
                h.clamp_(-1, 1)  # it would grow without end
            return h[0, 0].item()

        return run, 1
    x, g = torch.randn(steps * batch, hidden), torch.randn(steps * batch, 4 * hidden)
    a, b = {'input': (x, weights), 'input-gradient': (g, weights.t()), 'weight-gradient': (x.t(), g)}[name]
    c = a @ b

    def run():
        torch.mm(a, b, out=c)
        return c[0, 0].item()

    return run, 1


def resident(field):
    if sys.platform != 'linux':
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    with open('/proc/self/status') as status:
        return int(re.search(rf'^{field}:\s+(\d+) kB$', status.read(), re.M).group(1)) * 1024 / 1e6


def timed(run, scale):
    start = time.perf_counter()
    value = run()
    elapsed = (time.perf_counter() - start) * 1000 * scale
    if not (-float('inf') < value < float('inf')):
        raise ArithmeticError(f'the result is {value}')
    return elapsed, value


def serve():
    workload, before = None, 0
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request['do'] == 'open':
                before = resident('VmRSS')
                workload = {'step': training_step, 'sample': sample, 'product': product}[request['workload']](request['case'])
                first, result = timed(*workload)
                reply = {'opened': {'program': f'PyTorch {torch.__version__}', 'first': first, 'result': result}}
            elif request['do'] == 'measure':
                samples, end = [], time.perf_counter() + request['seconds']
                while len(samples) < request['least'] or time.perf_counter() < end:
                    elapsed, result = timed(*workload)
                    samples.append(elapsed)
                reply = {'samples': samples, 'result': result}
            else:
                peak = resident('VmHWM')
                reply = {'memory': {'peak': peak, 'grown': peak - before}}
        except Cannot as reason:
            reply = {'cannot': str(reason)}
        except Exception as error:  # whatever it is, the benchmark says it and goes on
            reply = {'failed': str(error).strip().split('\n')[-1]}
        print(json.dumps(reply), flush=True)


def blas():
    """The library that multiplies, by its own account where it gives one."""
    if 'BLAS_INFO=mkl' in torch.__config__.show():
        return 'MKL, built in'
    if sys.platform != 'linux':
        return 'the BLAS it was built with'
    with open('/proc/self/maps') as maps:
        loaded = sorted({line.split()[-1] for line in maps if re.search(r'/lib\S*(blas|mkl|blis)', line)})
    for library in loaded:
        if 'mkl_rt' in library:
            return 'MKL'
    for library in loaded:
        if 'openblas' in os.path.basename(library):
            core = ctypes.CDLL(library).openblas_get_corename
            core.restype = ctypes.c_char_p
            return f'OpenBLAS for {core().decode()}'
    return os.path.basename(os.path.realpath(loaded[0])) if loaded else 'the BLAS it was built with'


def probe():
    """Operations a second of a product between a batch over time and the weights of an LSTM."""
    x, weights = torch.randn(512, 256), torch.randn(256, 1024)
    best, end = float('inf'), time.perf_counter() + 0.3
    while time.perf_counter() < end:
        best = min(best, timed(lambda: (x @ weights)[0, 0].item(), 1)[0])
    return {'version': torch.__version__, 'blas': blas(), 'gflops': 2 * x.numel() * 1024 / best / 1e6}


if __name__ == '__main__':
    if '--probe' in sys.argv:
        print(json.dumps(probe()))
    else:
        serve()
