'use client'

import { useDocsSearch } from 'fumadocs-core/search/client'
import { staticClient } from 'fumadocs-core/search/client/orama-static'
import { useState } from 'react'
import styles from './search.module.css'

const client = staticClient({ from: `${process.env['NEXT_PUBLIC_BASE_PATH'] ?? ''}/api/search` })

/** The field and what it found. The index is one file, fetched once; the search itself runs here. */
export function SearchPanel({ go }: { go: (url: string) => void }) {
  const { search, setSearch, query } = useDocsSearch({ client })
  const [chosen, setChosen] = useState(0)
  const results = Array.isArray(query.data) ? query.data : []

  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setChosen((chosen + step + results.length) % Math.max(results.length, 1))
    }
    const result = results[chosen]
    if (event.key === 'Enter' && result) go(result.url)
  }
  return (
    <div className={styles.panel} onKeyDown={onKeyDown}>
      <input
        className={styles.field}
        type="search"
        role="combobox"
        aria-expanded={results.length > 0}
        aria-controls="search-results"
        aria-activedescendant={results[chosen] ? `search-result-${chosen}` : undefined}
        aria-label="Search the site"
        placeholder="forget gate, clipping, checkpoint …"
        autoFocus
        value={search}
        onChange={(event) => {
          setSearch(event.target.value)
          setChosen(0)
        }}
      />
      <ul id="search-results" className={styles.results} role="listbox" aria-label="Results">
        {results.map((result, index) => (
          <li
            key={result.id}
            id={`search-result-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={styles.result}
            data-type={result.type}
            onClick={() => go(result.url)}
            onPointerMove={() => setChosen(index)}
          >
            {typeof result.content === 'string' ? result.content.replaceAll(/<\/?mark>/g, '') : null}
          </li>
        ))}
      </ul>
      {search !== '' && !query.isLoading && results.length === 0 && (
        <p className={styles.none}>Nothing found for “{search}”.</p>
      )}
    </div>
  )
}
