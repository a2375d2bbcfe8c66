// What a playlist of HLS says, where the browser's own words on a failure say nothing.
const patience = 6000 // ms

/** The address that sends the least for somebody who only listens: its sound alone, else its smallest picture. */
export async function soundOf (url) {
  try {
    const { text, base } = await read(url)
    return lightest(text, base) || url
  } catch {
    return url
  }
}

function lightest (text, base) {
  const lines = text.split(/\r?\n/)
  const sound = lines.find(l => /^#EXT-X-MEDIA:.*TYPE=AUDIO/.test(l) && attribute(l, 'URI'))
  if (sound) return new URL(attribute(sound, 'URI'), base).href
  const streams = lines.flatMap((l, n) => l.startsWith('#EXT-X-STREAM-INF:') && lines[n + 1] ? [{ line: l, uri: lines[n + 1] }] : [])
  const silent = ({ line }) => !/RESOLUTION=/.test(line) && !/avc|hvc|hev|av01|vp09/.test(attribute(line, 'CODECS'))
  const width = ({ line }) => Number(/[:,]BANDWIDTH=(\d+)/.exec(line)?.[1] || Infinity)
  streams.sort((a, b) => silent(b) - silent(a) || width(a) - width(b))
  return streams.length ? new URL(streams[0].uri, base).href : ''
}

const attribute = (line, name) => new RegExp(`[:,]${name}="([^"]*)"`).exec(line)?.[1] || ''

/** Why the stream does not play, as far as its playlist tells: soon, host, unreachable, shut, ended, or '' when it looks well. */
export async function look (url) {
  try {
    const { text, base } = await read(url)
    if (!text.startsWith('#EXTM3U')) return 'host'
    const first = text.split(/\r?\n/).find(l => l && !l.startsWith('#'))
    if (!first) return 'soon'
    if (!text.includes('#EXT-X-STREAM-INF')) return text.includes('#EXT-X-ENDLIST') ? 'ended' : ''
    const { text: inner } = await read(new URL(first, base))
    return inner.includes('#EXT-X-ENDLIST') ? 'ended' : inner.includes('#EXTINF') ? '' : 'soon'
  } catch (error) {
    if (error.status) return [403, 404, 410].includes(error.status) ? 'soon' : 'host'
    return error.name !== 'TimeoutError' && await answers(url) ? 'shut' : 'unreachable'
  }
}

async function read (url) {
  const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(patience) })
  if (!answer.ok) throw Object.assign(new Error('refused'), { status: answer.status })
  return { text: await answer.text(), base: answer.url }
}

// answers tells a host that is there and does not let other pages read it from one that is not there.
async function answers (url) {
  try {
    await fetch(url, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(patience) })
    return true
  } catch {
    return false
  }
}
