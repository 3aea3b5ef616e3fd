import type { Metadata } from 'next'
import { LabPage } from '../../../playground/lab/lab-page.js'

export const metadata: Metadata = {
  title: 'Gradient lab',
  description:
    'Train an RNN, a GRU and an LSTM side by side in this tab, and watch which gradients reach back through time.',
}

export default LabPage
