// The arrow keys turn the pages of a paper, along the links that are there for everybody.
addEventListener('keydown', event => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key]
  if (!rel || event.target.closest('input, textarea, select, [contenteditable], [role="slider"], video, audio')) return
  if (scrollsSideways(event.target)) return
  const link = document.querySelector(`a[rel~="${rel}"]`)
  if (!link) return
  event.preventDefault()
  link.click()
})

// Where something is wider than its window, the arrows belong to its scroll bar.
function scrollsSideways (element) {
  if (document.documentElement.scrollWidth > innerWidth) return true
  for (let e = element; e && e !== document.body && e !== document.documentElement; e = e.parentElement) {
    if (e.scrollWidth > e.clientWidth && /auto|scroll/.test(getComputedStyle(e).overflowX)) return true
  }
  return false
}
