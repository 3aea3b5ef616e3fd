import type { Metadata } from 'next'
import { SequencePage } from '../../../playground/sequence-tasks/sequence-page.js'

export const metadata: Metadata = {
  title: 'Sequence tasks',
  description:
    'Networks learn Reber’s grammar, counting and adding in this tab: see their states fall into those of the machine behind.',
}

export default SequencePage
