// Phases as a mark and a word; never by colour alone.

type Tone = 'good' | 'bad' | 'busy' | 'idle'

const TONES: Record<string, Tone> = {
  SUCCEEDED: 'good',
  RECOVERED: 'good',
  FAILED: 'bad',
  RETRYABLE_FAILED: 'bad',
  TIMED_OUT: 'bad',
  ABORTED: 'idle',
  SKIPPED: 'idle',
  UNDEFINED: 'idle',
}

export function toneOf(phase: string): Tone {
  return TONES[phase] ?? 'busy'
}

/** `Timed out` for `TIMED_OUT`. */
export function phaseText(phase: string): string {
  const words = phase.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const MARKS: Record<Tone, string> = {
  good: 'M3.5 8.5l3 3 6-7',
  bad: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  busy: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  idle: 'M4 8h8',
}

export function Phase({ phase }: { phase: string }) {
  const tone = toneOf(phase)
  return (
    <span class={`phase ${tone}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={MARKS[tone]} />
      </svg>
      {phaseText(phase)}
    </span>
  )
}

/** Phases of an execution in which nothing more will happen. */
export function isTerminal(phase: string): boolean {
  return ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'].includes(phase)
}
