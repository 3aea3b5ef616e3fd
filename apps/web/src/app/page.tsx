export default function Home() {
  return (
    <main id="content">
      <h1>An RNN forgets. An LSTM remembers.</h1>
    </main>
  )
}
