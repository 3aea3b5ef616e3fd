/** A place in the playground that teaches one thing, at one click. */
export interface Preset {
  readonly title: string
  /** what it shows, in one sentence */
  readonly teaches: string
  readonly page: 'gradient-lab' | 'text' | 'sequence-tasks'
  /** the query of its address */
  readonly query: string
}

/** The presets, the first of each page being what the page shows by itself. */
export const presets: readonly Preset[] = [
  {
    title: 'Forget and remember',
    teaches: 'A plain network forgets over 40 steps what two gated ones remember.',
    page: 'gradient-lab',
    query: '',
  },
  {
    title: 'One symbol, far away',
    teaches:
      'All there is to learn lies 40 blanks back: see how far each gradient reaches before it is found.',
    page: 'gradient-lab',
    query: 'task=recall&start=uniform&steps=1200&learningRate=0.005',
  },
  {
    title: 'No forget gate',
    teaches: 'An LSTM without its forget gate, its input gate or its output gate: which one is missed?',
    page: 'gradient-lab',
    query: 'cells=lstm.nfg-lstm.nig-lstm.nog-lstm',
  },
  {
    title: 'One gate only',
    teaches: 'Three cells with a single gate beside the LSTM with its three: do they remember, too?',
    page: 'gradient-lab',
    query: 'cells=lstm.mgu.janet.min-gru',
  },
  {
    title: 'A gradient explodes',
    teaches:
      'Without a bound on its gradient, and with steps too large, a network is thrown about until it has no numbers left.',
    page: 'gradient-lab',
    query: 'cells=rnn.lstm&lag=60&clip=0&optimizer=sgd&learningRate=0.5',
  },
  {
    title: 'A grammar with memory',
    teaches: 'The last symbol of an embedded Reber string repeats the second, whatever lies between.',
    page: 'gradient-lab',
    query: 'task=reber&lag=14&cells=rnn.lstm.gru&steps=1500',
  },
  {
    title: 'Learning to count',
    teaches: 'As many b as a: an LSTM counts in its cell state, which its traces show.',
    page: 'gradient-lab',
    query: 'task=counting&cells=gru.lstm&steps=1500&units=12',
  },
  {
    title: 'A novel, letter by letter',
    teaches: 'Moby-Dick: spaces first, then spelling, then words, all from guessing the next letter.',
    page: 'text',
    query: '',
  },
  {
    title: 'Sums',
    teaches: 'The form of a sum is learned in seconds; carrying takes longer, and counting never learns it.',
    page: 'text',
    query: 'sample=sums&hidden=64&steps=2000',
  },
  {
    title: 'Brackets',
    teaches: 'To close every bracket, some units must know how deep they are: find one.',
    page: 'text',
    query: 'sample=brackets&hidden=48&seqLength=32',
  },
  {
    title: 'Six states of a grammar',
    teaches:
      'Reber’s grammar: two networks sort all they have read into the six states of the machine behind.',
    page: 'sequence-tasks',
    query: '',
  },
  {
    title: 'A count in a network',
    teaches: 'aⁿbⁿ: an LSTM lays out the numbers in order, and counts on beyond all it was taught.',
    page: 'sequence-tasks',
    query: 'task=counting&entry=c&string=4&time=5',
  },
  {
    title: 'One bit, kept apart',
    teaches: 'An embedded grammar has each state twice: a probe shows when T and P come apart, and stay so.',
    page: 'sequence-tasks',
    query: 'task=embedded-reber&cells=rnn.gru&plane=probe&string=3&time=9',
  },
]
