import { readFileSync } from 'node:fs'
const t = {}
const src = readFileSync(new URL('shared/tokens.css', import.meta.url), 'utf8')
for (const m of src.split('@supports')[0].matchAll(/--cd-([\w-]+):\s*(#[0-9a-f]{6})\s*;/gi)) t[m[1]] = m[2]
if (process.argv[2]) t.primary = process.argv[2]
const rgb = h => [1, 3, 5].map(i => parseInt(h.slice(i, i + 2), 16))
const mix = (a, p, b) => '#' + rgb(a).map((v, i) => Math.round(v * p + rgb(b)[i] * (1 - p)).toString(16).padStart(2, '0')).join('')
t['primary-deep'] = mix(t.primary, .72, '#000000'); t['primary-tint'] = mix(t.primary, .09, '#ffffff'); t['primary-line'] = mix(t.primary, .35, '#ffffff')
const lum = h => rgb(h).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0)
const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + .05) / (y + .05) }
const text = [
  ...['page', 'surface', 'surface-2', 'primary-tint', 'mark', 'focus', 'warn-tint', 'good-tint', 'stop-tint'].map(b => ['ink', b]),
  ...['page', 'surface', 'surface-2', 'primary-tint', 'warn-tint', 'good-tint', 'stop-tint'].map(b => ['ink-2', b]),
  ...['page', 'surface', 'surface-2', 'primary-tint'].flatMap(b => [['primary', b], ['primary-deep', b], ['visited', b]]),
  ['on-primary', 'primary'], ['on-primary', 'primary-deep'], ['good', 'page'], ['good', 'good-tint'], ['good', 'surface'], ['warn', 'page'], ['warn', 'warn-tint'], ['warn', 'surface'],
  ['stop', 'page'], ['stop', 'stop-tint'], ['stop', 'surface'], ['live', 'page'], ['on-night', 'live'], ['on-night', 'night'], ['on-night', 'night-2'], ['on-night-2', 'night'], ['on-night-2', 'night-2'],
  ['live-on-night', 'night'], ['live-on-night', 'night-2'], ['good-on-night', 'night'], ['good-on-night', 'night-2'], ['focus-ink', 'focus'], ['mark', 'night']]
const edge = [['edge', 'page'], ['edge', 'surface'], ['primary', 'page'], ['primary', 'surface'], ['live', 'page'], ['on-night-2', 'night'], ['focus', 'night']]
let bad = 0, low = 99
for (const [list, min] of [[text, 4.5], [edge, 3]]) for (const [a, b] of list) {
  const r = ratio(t[a], t[b]); if (min === 4.5) low = Math.min(low, r)
  if (r < min) { bad++; console.log('FAIL', a, 'on', b, r.toFixed(2), '<', min) }
}
console.log(`${text.length + edge.length} pairs, ${bad} fail, lowest text ${low.toFixed(2)}`)
process.exit(bad ? 1 : 0)
