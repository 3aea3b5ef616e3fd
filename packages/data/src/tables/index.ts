export { columnNamed, dropMissing, numberColumn, sliceTable, takeRows, textColumn } from './columns.js'
export type { ColumnSchema } from './column-profile.js'
export { missingMarkers, type ColumnType } from './column-types.js'
export { formatCsvRow, readCsv, type CsvOptions } from './csv.js'
export { jsonLines, readJsonLines, type JsonLine, type JsonLinesOptions } from './json-lines.js'
export type { Field, Row, RowReader } from './record.js'
export { openRows, type RowOptions } from './rows.js'
export { describeSchema, inferSchema, parseSchema, type InferOptions, type TableSchema } from './schema.js'
export {
  readTable,
  type Column,
  type NumberColumn,
  type Table,
  type TableOptions,
  type TextColumn,
} from './table.js'
export type { TypedRowOptions } from './typed-rows.js'
export type { TimeFormat } from './time-format.js'
