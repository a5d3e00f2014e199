// Contrast of texts as drawn, by WCAG 2's formula.

/** Texts on a page, below `within`, whose contrast with what is behind them is less than `least`. */
export function lowContrasts(page, within = 'body', least = 4.5) {
  return page.evaluate(measure, { within, least })
}

/** Runs in the page. */
function measure({ within, least }) {
  const channels = (text) => {
    const numbers = text.match(/[\d.]+/g)?.map(Number) ?? []
    if (!/^rgba?\(/.test(text)) throw new Error(`not a colour that this test reads: ${text}`)
    const [red, green, blue, alpha = 1] = numbers
    return { rgb: [red, green, blue], alpha }
  }
  const over = (top, bottom) => top.rgb.map((value, index) => value * top.alpha + bottom[index] * (1 - top.alpha))
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const ground = (element) => {
    const layers = []
    for (let at = element; at; at = at.parentElement) {
      const layer = channels(getComputedStyle(at).backgroundColor)
      layers.push(layer)
      if (layer.alpha === 1) break
    }
    return layers.reverse().reduce((rgb, layer) => over(layer, rgb), [255, 255, 255])
  }
  const shown = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest('.visually-hidden')
  const found = []
  let checked = 0
  for (const element of document.querySelectorAll(`${within}, ${within} *`)) {
    const control = element.matches('input, select, textarea')
    const text = control
      ? element.value || element.placeholder
      : [...element.childNodes].map((child) => (child.nodeType === 3 ? child.data : '')).join('')
    // What can't be used now is exempt.
    if (!text?.trim() || !shown(element) || element.closest('script, style, noscript, [aria-disabled=true]')) continue
    const style = control && !element.value ? getComputedStyle(element, '::placeholder') : getComputedStyle(element)
    const behind = ground(element)
    const color = over(channels(element.namespaceURI.endsWith('svg') ? style.fill : style.color), behind)
    const [light, dark] = [luminance(color), luminance(behind)].sort((a, b) => b - a)
    const contrast = (light + 0.05) / (dark + 0.05)
    checked += 1
    if (contrast < least) found.push(`${contrast.toFixed(2)}: ${text.trim().slice(0, 40)}`)
  }
  if (!checked) throw new Error('there was no text to check')
  return found
}
