// What screen readers are told: one live region for the whole page, next to the app so that it is never redrawn.

const region = document.createElement('div')
region.setAttribute('role', 'status')
region.className = 'visually-hidden'
let waiting: string[] = []

/** Says a sentence; those of the same moment are said together. */
export function announce(sentence: string): void {
  if (!region.isConnected) document.body.append(region)
  if (!waiting.length) {
    setTimeout(() => {
      region.textContent = waiting.join(' ')
      waiting = []
    }, 100)
  }
  waiting.push(sentence)
}
