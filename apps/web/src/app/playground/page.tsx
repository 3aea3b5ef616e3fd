export default function Playground() {
  return (
    <main id="content">
      <h1>Playground</h1>
    </main>
  )
}
