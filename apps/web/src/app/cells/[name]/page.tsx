import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { DocsShell } from '../../../docs/docs-shell.js'
import { addressOf } from '../../../reference/api/packages.js'
import { bibliography } from '../../../reference/bibliography.js'
import { CardView } from '../../../reference/card-view.js'
import { cardOf, exportNameOf, parametersOf, sourceOf } from '../../../reference/cell-facts.js'
import { cellGraph } from '../../../reference/cell-graph.js'
import { Code } from '../../../reference/code.js'
import { Formula } from '../../../reference/formula.js'
import { allCells, cellGroups } from '../../../reference/groups.js'
import { OptionsTable } from '../../../reference/options-table.js'
import { CellFlow } from '../../../figures/cell-flow.js'

interface Props {
  readonly params: Promise<{ name: string }>
}

export const dynamicParams = false

export const generateStaticParams = () => allCells.map(({ name }) => ({ name }))

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const cell = await cellOf(params)
  return {
    title: cell.title,
    description: `${cell.title}: equations, parameters, options, source and proof.`,
  }
}

const headings = ['Equations', 'Gradient', 'Parameters', 'Options', 'Source', 'Graph', 'Card', 'Papers']
const anchorOf = (heading: string) => heading.toLowerCase()
const Heading = ({ children }: { readonly children: string }) => <h2 id={anchorOf(children)}>{children}</h2>

export default async function CellPage({ params }: Props) {
  const cell = await cellOf(params)
  const card = cardOf(cell)
  const exported = exportNameOf(cell)
  const hasOptions = Object.keys(cell.options).length > 0
  const shown = headings.filter(
    (heading) => (heading !== 'Options' || hasOptions) && (heading !== 'Card' || card),
  )
  return (
    <DocsShell
      section="Cells"
      groups={cellGroups}
      url={`/cells/${cell.name}/`}
      toc={shown.map((title) => ({ title, url: `#${anchorOf(title)}`, depth: 2 }))}
    >
      <h1>{cell.title}</h1>
      <p>
        <code>{cell.name}</code> in the command line and in the{' '}
        <Link href={`/playground/?cell=${cell.name}`}>playground</Link>.
      </p>
      <Heading>Equations</Heading>
      <Formula tex={cell.equations} />
      <Heading>Gradient</Heading>
      <CellFlow cell={cell.name} />
      <Heading>Parameters</Heading>
      <div className="table" tabIndex={0} role="group" aria-label="Parameters">
        <table>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">shape, for D features and H units</th>
            </tr>
          </thead>
          <tbody>
            {parametersOf(cell).map(({ path, shape }) => (
              <tr key={path}>
                <td>
                  <code>{path}</code>
                </td>
                <td>{shape}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hasOptions && (
        <>
          <Heading>Options</Heading>
          <OptionsTable options={cell.options} />
        </>
      )}
      <Heading>Source</Heading>
      <p>
        The whole of it, as the library runs it.
        {exported !== undefined && (
          <>
            {' '}
            Your code imports it as{' '}
            <Link href={addressOf(exported, 'layers') ?? '/reference/api/layers/'} prefetch={false}>
              <code>{exported}</code>
            </Link>{' '}
            from <code>@tapeloop/layers</code>.
          </>
        )}
      </p>
      <Code code={sourceOf(cell)} />
      <Heading>Graph</Heading>
      <p>One step as the compiler sees it first, for 2 rows of 3 features and 4 units.</p>
      <details className="graph wide">
        <summary>Show the graph</summary>
        <div
          tabIndex={0}
          role="group"
          aria-label="Graph of one step"
          dangerouslySetInnerHTML={{ __html: await cellGraph(cell) }}
        />
      </details>
      {card && (
        <>
          <Heading>Card</Heading>
          <CardView card={card} />
        </>
      )}
      <Heading>Papers</Heading>
      <ul>
        {cell.cite.map((key) => (
          <li key={key}>{bibliography[key]}</li>
        ))}
      </ul>
    </DocsShell>
  )
}

async function cellOf(params: Props['params']) {
  const { name } = await params
  return allCells.find((cell) => cell.name === name) ?? notFound()
}
