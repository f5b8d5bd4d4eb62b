import { sanitizeLine } from '../../sanitize.ts'
import type { NamedMode } from '../names.ts'
import { isPoll } from '../names.ts'
import type { LogAxis } from '../strips.ts'

/** A stranger's text, and ours, as text of HTML and of attributes. */
export function escapeHtml(text: string): string {
  return sanitizeLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Where a chart draws, in user units of its SVG. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export function frame(height: number, left = 70, right = 20): Frame {
  return { width: 900, height, left, top: 28, right: 900 - right, bottom: height - 46 }
}

/** A coordinate: a tenth of a unit is finer than any screen. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** A chart in a box that scrolls by itself where the page is narrow; `title` is what a screen reader says. */
export function chart({ width, height }: Frame, title: string, content: readonly string[]): string {
  return `<div class="chart" tabindex="0"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${content.join('')}</svg></div>`
}

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly css?: string
}

export function text(
  x: number,
  y: number,
  words: string,
  { anchor = 'start', css }: TextOptions = {},
): string {
  const middle = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  return `<text x="${at(x)}" y="${at(y)}"${middle}${css === undefined ? '' : ` class="${css}"`}>${escapeHtml(words)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, css: string): string {
  return `<path class="${css}" d="M${at(x1)} ${at(y1)}L${at(x2)} ${at(y2)}"/>`
}

export function path(points: readonly (readonly [x: number, y: number])[], css: string): string {
  return `<path class="${css}" d="${points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('')}"/>`
}

/** Grid and words of a logarithmic x axis. */
export function logX(box: Frame, axis: LogAxis, name: string, words: (value: number) => string): string {
  const ticks = axis.ticks.map((tick) => {
    const x = box.left + axis.at(tick) * (box.right - box.left)
    return (
      line(x, box.top, x, box.bottom, 'grid') + text(x, box.bottom + 18, words(tick), { anchor: 'middle' })
    )
  })
  const title = text((box.left + box.right) / 2, box.bottom + 38, name, { anchor: 'middle', css: 'muted' })
  return ticks.join('') + title
}

/** Grid and words of a y axis, from ticks with their places; its name stands above it. */
export function ticksY(
  box: Frame,
  name: string,
  ticks: readonly (readonly [y: number, words: string])[],
): string {
  const drawn = ticks.map(
    ([y, words]) =>
      line(box.left, y, box.right, y, 'grid') + text(box.left - 8, y + 4, words, { anchor: 'end' }),
  )
  return drawn.join('') + text(box.left, box.top - 12, name, { css: 'muted' })
}

const COLOURS: Readonly<Record<string, readonly string[]>> = {
  poll: ['p1', 'p2', 'p3', 'p4'],
  conditional: ['c1', 'c2'],
  longpoll: ['l1'],
  webhook: ['w1'],
  sse: ['s1'],
  ws: ['x1'],
}

/** The class that gives each mode its colour: polls in blues, push in colours of their own. */
export function colourOf(named: NamedMode, modes: readonly NamedMode[]): string {
  const { kind } = named.mode
  const rank = modes.filter(({ mode }) => mode.kind === kind).findIndex(({ key }) => key === named.key)
  const colours = COLOURS[kind] ?? []
  return colours[rank % Math.max(colours.length, 1)] ?? 'w1'
}

export function legend(modes: readonly NamedMode[], extra = ''): string {
  const items = modes.map(
    (named) => `<li class="${colourOf(named, modes)}"><i></i>${escapeHtml(named.label)}</li>`,
  )
  return `<ul class="legend">${items.join('')}${extra}</ul>`
}

/** Push modes are told: their marks are round, those of polls square. */
export function mark(named: NamedMode, modes: readonly NamedMode[], x: number, y: number): string {
  const css = `dot ${colourOf(named, modes)}`
  return isPoll(named.mode)
    ? `<rect class="${css}" x="${at(x - 5)}" y="${at(y - 5)}" width="10" height="10"/>`
    : `<circle class="${css}" cx="${at(x)}" cy="${at(y)}" r="6"/>`
}
