// Takes from nhsuk-frontend the rules of the components in use, and gives them the colours of our tokens.
// A selector stays only when every nhsuk class in it belongs to such a component: so hosted fonts, bare-element
// rules and the rest of the library go by themselves.
import { readFileSync } from 'node:fs'

const source = new URL('node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.css', import.meta.url)
const components = new Set(['button', 'checkboxes', 'date-input', 'details', 'error-message', 'error-summary', 'fieldset', 'form-group',
  'hint', 'input', 'label', 'radios', 'select', 'skip-link', 'textarea', 'u-visually-hidden'])
const unused = /--(reverse|login|brand|small|contrast|sentence|small-\w+)\b|nhsuk-expander|search-cancel-button/

const tokens = {
  '#212b32': 'ink', '#005eb8': 'primary', '#ffeb3b': 'focus', '#d8dde0': 'line', '#d5281b': 'stop', '#aeb7bd': 'edge', '#4c6272': 'ink-2',
  '#002f5c': 'primary-deep', '#7c2855': 'primary-deep', '#330072': 'visited', '#007f3b': 'primary', '#004b93': 'primary-deep', '#f0f4f5': 'surface',
  '#c7dcef': 'primary-tint', '#337ec6': 'primary-line', '#00401e': 'primary-deep', '#6b140e': 'stop', '#e0e4e6': 'surface-2', '#00662f': 'primary-deep',
  '#0055a6': 'primary', '#003d78': 'primary-deep', '#d9e7f4': 'primary-tint', '#768692': 'edge', '#003087': 'primary-deep', '#ccdff1': 'primary-tint',
  '#aa2016': 'stop', '#004281': 'primary-deep', '#edf4fa': 'primary-tint', '#f9dfdd': 'stop-tint', '#f7d4d1': 'stop-tint', '#00478a': 'primary-deep', '#669ed4': 'primary-line'
}

/** The style sheet of the nhsuk components in use, without fonts, bare elements or outside addresses. */
export function nhsukSubset () {
  const css = keepRules(readFileSync(source, 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''))
    .replace(/font-family:[^;}]*Frutiger[^;}]*/gi, 'font-family: var(--cd-font)')
  return Object.entries(tokens).reduce((out, [hex, token]) => out.replace(new RegExp(hex + '\\b', 'gi'), `var(--cd-${token})`), css)
}

// keepRules walks one level of blocks: conditional at-rules are walked in turn, all other at-rules are dropped.
function keepRules (css) {
  let out = ''
  for (const { head, body } of blocks(css)) {
    if (/^@(media|supports)/.test(head)) {
      const inner = keepRules(body)
      if (inner) out += `${head}{${inner}}\n`
    } else if (!head.startsWith('@')) {
      const kept = selectors(head).filter(inUse)
      if (kept.length) out += `${kept.join(',')}{${body}}\n`
    }
  }
  return out
}

function inUse (selector) {
  const classes = selector.match(/\.nhsuk-[\w-]+/g) || []
  return classes.length > 0 && !unused.test(selector) && classes.every(c => components.has(c.slice(7).split(/__|--/)[0]))
}

function * blocks (css) {
  let depth = 0, start = 0, open = 0
  for (let i = 0; i < css.length; i++) {
    if (css[i] === ';' && depth === 0) start = i + 1 // @charset, @import
    if (css[i] === '{' && depth++ === 0) open = i
    if (css[i] === '}' && --depth === 0) {
      yield { head: css.slice(start, open).trim(), body: css.slice(open + 1, i) }
      start = i + 1
    }
  }
}

function selectors (head) {
  const parts = ['']
  let depth = 0
  for (const c of head) {
    if (c === '(') depth++
    if (c === ')') depth--
    if (c === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += c
  }
  return parts.map(p => p.trim())
}
