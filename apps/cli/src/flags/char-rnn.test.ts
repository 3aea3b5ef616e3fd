import { expect, test } from 'vitest'
import { translateCharRnn } from './char-rnn.js'

test.each([
  [
    ['train', 'x.txt', '-rnn_size', '64', '-num_layers', '2', '-model', 'gru', '-seq_length', '25'],
    ['train', 'x.txt', '--hidden', '64', '--layers', '2', '--cell', 'gru', '--seq-length', '25'],
  ],
  [
    [
      '--learning_rate=1e-3',
      '--batch_size',
      '50',
      '-max_epochs',
      '3',
      '-grad_clip',
      '5',
      '-val_frac',
      '0.05',
    ],
    ['--lr=1e-3', '--batch-size', '50', '--epochs', '3', '--clip', '5', '--valid-fraction', '0.05'],
  ],
  [
    ['sample', 'dir', '-primetext', 'seed', '-length', '9', '-temperature', '1', '-seed', '3'],
    ['sample', 'dir', '--prime', 'seed', '--length', '9', '--temperature', '1', '--seed', '3'],
  ],
  [
    ['--hidden', '3', '-o', 'dir', '--no-bias', '-1', 'rnn_size', '--', '-rnn_size'],
    ['--hidden', '3', '-o', 'dir', '--no-bias', '-1', 'rnn_size', '--', '-rnn_size'],
  ],
])('%j', (given, meant) => {
  expect(translateCharRnn(given)).toEqual(meant)
})
