/** Sources import `./x.js` for what lies in `./x.ts`, as TypeScript has it; Turbopack looks for the file as written. */
module.exports = (source) => source.replaceAll(/((?:from|import\(|import) ?'\.[^']*)\.js'/g, "$1'")
