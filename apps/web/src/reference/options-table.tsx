import type { OptionSpec, OptionSpecs } from '@tapeloop/layers'

/** The options of a cell. */
export const OptionsTable = ({ options }: { readonly options: OptionSpecs }) => (
  <div className="table" tabIndex={0} role="group" aria-label="Options">
    <table>
      <thead>
        <tr>
          <th scope="col">option</th>
          <th scope="col">values</th>
          <th scope="col">unless said</th>
          <th scope="col">what it is</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(options).map(([name, option]) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
            </td>
            <td>{valuesOf(option)}</td>
            <td>{String(option.default)}</td>
            <td>{option.doc}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

function valuesOf(option: OptionSpec): string {
  if (option.type === 'choice') return option.choices.join(', ')
  if (option.type === 'boolean') return 'true, false'
  const { min, max, integer } = option
  const kind = integer ? 'whole numbers' : 'numbers'
  const [from, to] = [min === undefined ? '' : ` from ${min}`, max === undefined ? '' : ` to ${max}`]
  return kind + from + to
}
