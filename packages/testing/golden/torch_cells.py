"""Golden numbers of the recurrent layers that PyTorch has: a request on standard input, the answer on standard output.

`npm run golden lstm` asks it. It needs PyTorch 1.8 or later (projections), which no test does: they read the numbers.
"""

import json
import platform
import sys

import torch

torch.set_default_dtype(torch.float64)

LAYERS = {
    'rnn': lambda sizes, options: torch.nn.RNN(*sizes, nonlinearity=options['activation'], batch_first=True),
    'lstm': lambda sizes, _: torch.nn.LSTM(*sizes, batch_first=True),
    'gru': lambda sizes, _: torch.nn.GRU(*sizes, batch_first=True),
    'projected-lstm': lambda sizes, options: torch.nn.LSTM(
        *sizes, proj_size=options['outputSize'], batch_first=True
    ),
}

# our name of a parameter, PyTorch's, and whether it is a matrix, which PyTorch has as [out, in]
PARAMETERS = [
    ('params.kernel', 'weight_ih_l0', True),
    ('params.recurrentKernel', 'weight_hh_l0', True),
    ('params.projectionKernel', 'weight_hr_l0', True),
    ('params.bias', 'bias_ih_l0', False),
    ('params.recurrentBias', 'bias_hh_l0', False),
]


def made(cell, size, options, given, weights):
    """Outputs and last state of a layer, and the gradients of their sum with these weights."""
    layer = LAYERS[cell]((size['inputSize'], size['hiddenSize']), options)
    given = {name: torch.tensor(numbers, requires_grad=True) for name, numbers in given.items()}
    parameters = {}
    for name, theirs, is_matrix in PARAMETERS:
        parameter = getattr(layer, theirs, None)
        if name in given:
            parameter.data = given[name].data.T.contiguous() if is_matrix else given[name].data
            parameters[name] = (parameter, is_matrix)
        elif parameter is not None:
            torch.nn.init.zeros_(parameter)
    states = [name for name in given if name.startswith('state.')]
    start = [given[name].unsqueeze(0) for name in states]
    output, last = layer(given['x'], tuple(start) if len(start) > 1 else start[0])
    last = last if isinstance(last, tuple) else (last,)
    results = {'output': output, **{name: state.squeeze(0) for name, state in zip(states, last)}}
    sum((result * torch.tensor(weights[name])).sum() for name, result in results.items()).backward()

    def gradient(name):
        parameter, is_matrix = parameters.get(name, (given[name], False))
        return parameter.grad.T if is_matrix else parameter.grad

    return {
        'expected': {name: result.tolist() for name, result in results.items()},
        'gradients': {name: gradient(name).tolist() for name in given},
    }


request = json.load(sys.stdin)
answer = {
    'versions': {'torch': torch.__version__, 'python': platform.python_version()},
    'cases': [made(request['cell'], **case) for case in request['cases']],
}
json.dump(answer, sys.stdout)
