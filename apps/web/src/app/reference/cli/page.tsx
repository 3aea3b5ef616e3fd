import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '../../../docs/docs-shell.js'
import { referenceGroups } from '../../../reference/groups.js'
import { commands, type CommandRecord } from '../../../reference/program.js'

export const metadata: Metadata = {
  title: 'Command line',
  description: 'Every command of tapeloop with all its options.',
}

export default function CommandLinePage() {
  return (
    <DocsShell
      section="Reference"
      groups={referenceGroups()}
      url="/reference/cli/"
      toc={commands().map(({ name }) => ({ title: name, url: `#${name}`, depth: 2 }))}
    >
      <h1>Command line</h1>
      <p>
        Every command and option, as the program tells them.{' '}
        <Link href="/guides/command-line/">The guide</Link> says how they work together.
      </p>
      {commands().map((command) => (
        <CommandView key={command.name} command={command} />
      ))}
    </DocsShell>
  )
}

const CommandView = ({ command }: { readonly command: CommandRecord }) => (
  <section>
    <h2 id={command.name}>{command.name}</h2>
    <p>{command.description}</p>
    <p>
      <code>
        tapeloop {command.name} {command.usage}
      </code>
    </p>
    <div className="table" tabIndex={0} role="group" aria-label={`Options of ${command.name}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">option</th>
            <th scope="col">what it is</th>
            <th scope="col">unless said</th>
          </tr>
        </thead>
        <tbody>
          {command.arguments.map(({ name, description }) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
              </td>
              <td>{description}</td>
              <td />
            </tr>
          ))}
          {command.options.map((option) => (
            <tr key={option.flags}>
              <td>
                <code>{option.flags}</code>
              </td>
              <td>
                {option.description}
                {option.choices && `: ${option.choices.join(', ')}`}
              </td>
              <td>{option.default}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
)
