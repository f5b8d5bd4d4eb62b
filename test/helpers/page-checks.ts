/*
 * Questions to a page, as code that runs in the browser: text, as the tests themselves know no DOM.
 */

/**
 * Text against what is behind it, in every element that shows some of its own: the least contrast by WCAG 2.2's
 * formula, and the text that has it.
 */
export const LEAST_CONTRAST = String.raw`(() => {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((part) => channel(Number(part) / 255))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    if (element === null) return 'rgb(255, 255, 255)'
    const { backgroundColor } = getComputedStyle(element)
    return backgroundColor === 'rgba(0, 0, 0, 0)' ? behind(element.parentElement) : backgroundColor
  }
  let least = { ratio: 99, text: '' }
  for (const element of document.querySelectorAll('main *')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
    const text = own.map((node) => node.textContent).join('').trim()
    if (text === '') continue
    const style = getComputedStyle(element)
    const ink = luminance(element instanceof SVGElement ? style.fill : style.color)
    const ground = luminance(behind(element))
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)
    if (ratio < least.ratio) least = { ratio, text }
  }
  return least
})()`

/** The page's width, and for each drawing whether all of it is in its frame. */
export const SIZES = String.raw`({
  page: document.documentElement.scrollWidth,
  paper: getComputedStyle(document.body).backgroundColor,
  charts: [...document.querySelectorAll('svg')].map((svg) => {
    const box = svg.getBBox()
    const view = svg.viewBox.baseVal
    const right = box.x + box.width
    const bottom = box.y + box.height
    return box.x >= -1 && box.y >= -1 && right <= view.width + 1 && bottom <= view.height + 1
  }),
})`

/** What a page consists of that could act, and its data. */
export const CONTENT = String.raw`({
  scripts: document.querySelectorAll('script').length,
  strangers: document.querySelectorAll('img, base, [onerror], [onload], iframe, link').length,
  charts: document.querySelectorAll('svg').length,
  data: document.querySelector('#result').textContent,
})`

/** What decides where a printed page may end, and whether a swatch is printed at all. */
export const PRINT_STYLES = String.raw`(() => {
  const style = (selector) => getComputedStyle(document.querySelector(selector))
  return {
    figures: style('section').breakInside,
    row: style('tbody tr').breakInside,
    chart: getComputedStyle(document.querySelector('.chart').parentElement).breakInside,
    title: style('h2').breakAfter,
    swatch: style('.legend i').printColorAdjust ?? style('.legend i').webkitPrintColorAdjust,
  }
})()`
