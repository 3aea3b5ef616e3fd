import Link from 'next/link'
import styles from './hub.module.css'
import { presets, type Preset } from './presets.js'
import pages from './ui/page.module.css'

const rooms: readonly { readonly page: Preset['page']; readonly title: string; readonly about: string }[] = [
  {
    page: 'gradient-lab',
    title: 'Gradient lab',
    about:
      'Cells side by side on tasks with a dial for the time lag. See each gradient reach back or vanish, go back to any step, and leave from there.',
  },
  {
    page: 'sequence-tasks',
    title: 'Sequence tasks',
    about:
      'Grammars, counting, sums: the machine behind the strings, and beside it the states that networks make of it, symbol by symbol.',
  },
  {
    page: 'text',
    title: 'Text',
    about:
      'A network learns your text: loss against counting, samples as it learns, its units in colour, and your own beginning continued.',
  },
]

/** The way into the playground: its rooms, and in each some places that teach one thing. */
export function Hub() {
  return (
    <main id="content" className={pages.page}>
      <header className={pages.head}>
        <h1>Playground</h1>
        <p className={pages.lead}>
          Recurrent networks that learn while you watch. All of it is computed in this tab, by the same
          packages that you can install; nothing is sent anywhere.
        </p>
      </header>
      {rooms.map(({ page, title, about }) => (
        <section key={page} className={styles.room}>
          <div className={styles.about}>
            <h2>
              <Link href={`/playground/${page}/`}>{title}</Link>
            </h2>
            <p>{about}</p>
          </div>
          <ul className={styles.presets}>
            {presets
              .filter((preset) => preset.page === page)
              .map(({ title, teaches, query }) => (
                <li key={title}>
                  <Link
                    className={styles.preset}
                    href={`/playground/${page}/${query === '' ? '' : `?${query}`}`}
                  >
                    <b>{title}</b>
                    <span>{teaches}</span>
                  </Link>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </main>
  )
}
