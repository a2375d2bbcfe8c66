// Makes dist/: one style sheet, one script a page and the pictures, each under a name that holds the hash of its content,
// with its brotli and gzip forms beside it, and manifest.json from plain name to hashed name. Run: node build.mjs
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'
import { nhsukSubset } from './nhsuk.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')

// Everything the pages may ask for. Later style sheets win over earlier ones. A script that is not there yet is left out.
const styles = ['shared/tokens.css', nhsukSubset, 'shared/site.css', 'member/member.css', 'paper/reader.css']
const scripts = ['shared/base.js', 'desk/upload.js', 'desk/publish.js', 'desk/agenda.js', 'paper/reader.js', 'room/room.js', 'room/hls.js', 'room/moderate.js', 'question/count.js', 'search/suggest.js', 'chair/chair.js', 'log/verify.js',
  'member/keep.js', 'member/worker.js']
const pictures = ['shared/favicon.svg']

const read = file => readFileSync(join(here, file), 'utf8')

async function styleSheet () {
  const css = styles.map(s => typeof s === 'function' ? s() : read(s)).join('\n')
  const { code } = await transform(css, { loader: 'css', minify: true, target: ['chrome100', 'firefox100', 'safari15'], legalComments: 'none' })
  return code
}

async function bundled (files) {
  const { outputFiles } = await build({
    entryPoints: files.map(f => join(here, f)), bundle: true, write: false, outdir: dist,
    format: 'esm', target: 'es2020', minify: true, sourcemap: false, charset: 'utf8', legalComments: 'none', logLevel: 'warning'
  })
  return outputFiles.map(out => [parse(out.path).base, out.text])
}

// Addresses that only name something and are never asked for: namespaces, and the kind of an event in a stream (hls.js).
const names = ['http://www.w3.org/', 'https://aomedia.org/emsg/ID3']

// refuseOutside stops the build when a page would ask another host for something or would need a laxer content security policy.
function refuseOutside (name, text) {
  for (const n of names) text = text.replaceAll(n, '')
  const found = text.match(/https?:\/\/[^\s"')]*|@font-face|\beval\(|new Function\(/)
  if (found) throw new Error(`${name} holds ${found[0]}`)
}

function compressed (body) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT }
  return { '.br': brotliCompressSync(body, { params }), '.gz': gzipSync(body, { level: 9 }) }
}

function write (name, text) {
  refuseOutside(name, text)
  const body = Buffer.from(text)
  const { name: stem, ext } = parse(name)
  const hashed = `${stem}.${createHash('sha256').update(body).digest('hex').slice(0, 8)}${ext}`
  const forms = { '': body, ...compressed(body) }
  for (const [suffix, data] of Object.entries(forms)) writeFileSync(join(dist, hashed + suffix), data)
  console.log(`${hashed.padEnd(28)} ${body.length} B, brotli ${forms['.br'].length} B`)
  return [name, hashed]
}

// All is made before anything is written, so that a mistake leaves the last good build in place.
const outputs = [
  ['clearday.css', await styleSheet()],
  ...await bundled(scripts.filter(f => existsSync(join(here, f)))),
  ...pictures.map(p => [parse(p).base, read(p)])
]
mkdirSync(dist, { recursive: true })
for (const old of readdirSync(dist)) if (old !== '.gitkeep') rmSync(join(dist, old))
const manifest = Object.fromEntries(outputs.map(([name, text]) => write(name, text)))
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
