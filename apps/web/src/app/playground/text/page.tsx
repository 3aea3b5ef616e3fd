import type { Metadata } from 'next'
import { TextPage } from '../../../playground/text/text-page.js'

export const metadata: Metadata = {
  title: 'Text',
  description:
    'A recurrent network learns your text in this tab: its loss, its samples, and what its units look for.',
}

export default TextPage
