import { highlight } from 'fumadocs-core/highlight'
import Link from 'next/link'
import { CodeBlock } from '../docs/code-block.js'
import { codeThemes } from '../docs/code-themes.js'
import { AddingTapes } from '../figures/adding-tapes.js'
import { measured, readmeCell } from '../landing/measured.js'
import styles from '../landing/landing.module.css'

const numbers = [
  {
    value: `${measured('others, portable', 'TensorFlow.js 4.22, WebAssembly', 2)} ×`,
    what: 'as fast as TensorFlow.js in WebAssembly at a training step of an LSTM with 128 units, one thread',
  },
  {
    value: `${measured('a training step', 'lstm, characters in (embedding)', 2, 1)} ×`,
    what: 'as fast as PyTorch 1.13 on one thread at the same step of a character LSTM, in portable WebAssembly',
  },
  {
    value: measured('sampling, batch 1', 'portable', 1, 1),
    what: 'characters a second drawn from that LSTM, one at a time',
  },
  {
    value: `${measured('the same per operation, against our own lstm', 'written inside the benchmark, gates apart', 1, 1)} ×`,
    what: 'as fast as our own LSTM, per operation, is a cell that you write yourself',
  },
]

const ways = [
  { href: '/learn/', title: 'Learn', text: 'From a loop to the LSTM and beyond, with figures that compute.' },
  {
    href: '/playground/',
    title: 'Play',
    text: 'Train on your text, watch gradients, write a cell, in this tab.',
  },
  { href: '/cells/', title: 'Cells', text: 'Every recurrent cell: equations, code, graph and proof.' },
  { href: '/guides/', title: 'Use', text: 'From the terminal, in Node, in a web page.' },
]

export default async function Home() {
  const cell = await highlight(readmeCell(), {
    lang: 'ts',
    themes: codeThemes,
    defaultColor: false,
    components: { pre: (props) => <CodeBlock {...props} /> },
  })
  return (
    <main id="content" className={styles.page}>
      <section className={styles.hero}>
        <h1>
          <span className={styles.forgets}>An RNN forgets.</span> <span>An LSTM remembers.</span>
        </h1>
        <p className={styles.lead}>
          Below, two networks read a row of numbers, two of which are marked. At the end they must say the sum
          of those two. They are learning it now, in this tab.
        </p>
        <AddingTapes />
      </section>

      <section className={styles.cell}>
        <div>
          <h2>Write a cell as its paper does</h2>
          <p>
            This is a whole recurrent cell. Tapeloop differentiates it, compiles the loop over time into
            WebAssembly, checks its gradients, and gives it a flag in the command line and a place in the{' '}
            <Link href="/playground/">playground</Link>.
          </p>
          <p>
            <Link className={styles.more} href="/contributing/">
              Add one in five minutes
            </Link>
          </p>
        </div>
        <div className={styles.code}>{cell}</div>
      </section>

      <section className={styles.numbers} aria-label="Measured">
        <dl>
          {numbers.map(({ value, what }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <p>
          <Link className={styles.more} href="/guides/benchmarks/">
            How this was measured, and where others are faster
          </Link>
        </p>
      </section>

      <nav className={styles.ways} aria-label="Ways in">
        {ways.map(({ href, title, text }) => (
          <Link key={href} href={href}>
            <strong>{title}</strong>
            <span>{text}</span>
          </Link>
        ))}
      </nav>
    </main>
  )
}
