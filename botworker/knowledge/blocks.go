package knowledge

import (
	"regexp"
	"strings"
)

// blockKind says how a block may be split.
type blockKind int

const (
	paragraph blockKind = iota
	heading
	listItem
	codeBlock
	table
	quote
)

// block is a piece of a Markdown page that a reader sees as one unit.
type block struct {
	kind  blockKind
	level int // of a heading
	text  string
	loose bool // an empty line separates this list item from the one before
}

var (
	atxLine     = regexp.MustCompile(`^ {0,3}(#{1,6})(?:[ \t]+(.*))?$`)
	fenceLine   = regexp.MustCompile("^( *)(`{3,}|~{3,})(.*)$")
	ruleLine    = regexp.MustCompile(`^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	setextLine  = regexp.MustCompile(`^ {0,3}(=+|-+)[ \t]*$`)
	markerLine  = regexp.MustCompile(`^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)`)
	commentPart = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// blocks splits a page into its blocks. It knows the part of Markdown that matters for
// splitting, and treats everything else as a paragraph, so any text has blocks.
func blocks(page string) []block {
	r := blockReader{lines: strings.Split(page, "\n")}
	for r.at < len(r.lines) {
		r.next()
	}
	return r.out
}

type blockReader struct {
	lines []string
	at    int
	out   []block
}

func (r *blockReader) add(k blockKind, lines []string) {
	text := strings.Trim(strings.Join(lines, "\n"), "\n")
	if strings.TrimSpace(text) != "" {
		r.out = append(r.out, block{kind: k, text: text})
	}
}

func (r *blockReader) next() {
	line := r.lines[r.at]
	switch {
	case blank(line):
		r.at++
	case fenceLine.MatchString(line):
		r.fence()
	case indented(line):
		r.indentedCode()
	case atxLine.MatchString(line):
		m := atxLine.FindStringSubmatch(line)
		r.at++
		r.heading(len(m[1]), strings.TrimRight(strings.TrimRight(strings.TrimSpace(m[2]), "#"), " \t"))
	case ruleLine.MatchString(line):
		r.at++
	case markerLine.MatchString(line):
		r.list()
	case strings.HasPrefix(strings.TrimSpace(line), ">"):
		r.run(quote, func(s string) bool { return !blank(s) })
	case strings.HasPrefix(strings.TrimSpace(line), "|"):
		r.run(table, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "|") })
	default:
		r.paragraph()
	}
}

func (r *blockReader) heading(level int, text string) {
	if text != "" {
		r.out = append(r.out, block{kind: heading, level: level, text: text})
	}
}

// run takes the current line and the following ones that belong to it.
func (r *blockReader) run(k blockKind, belongs func(string) bool) {
	start := r.at
	for r.at++; r.at < len(r.lines) && belongs(r.lines[r.at]); r.at++ {
	}
	r.add(k, r.lines[start:r.at])
}

func (r *blockReader) fence() {
	start := r.at
	m := fenceLine.FindStringSubmatch(r.lines[r.at])
	mark := m[2]
	for r.at++; r.at < len(r.lines); r.at++ {
		s := strings.TrimSpace(r.lines[r.at])
		if len(s) >= len(mark) && strings.Trim(s, mark[:1]) == "" {
			r.at++
			r.add(codeBlock, r.lines[start:r.at])
			return
		}
	}
	// The fence is never closed: the rest of the page is code. Close it, so that a
	// passage that quotes it does not swallow what follows.
	r.add(codeBlock, append(r.lines[start:len(r.lines):len(r.lines)], mark))
}

// indentedCode becomes a fenced block, which can be quoted and split.
func (r *blockReader) indentedCode() {
	var code []string
	for ; r.at < len(r.lines) && (blank(r.lines[r.at]) || indented(r.lines[r.at])); r.at++ {
		code = append(code, strings.TrimPrefix(strings.TrimPrefix(r.lines[r.at], "\t"), "    "))
	}
	text := strings.Trim(strings.Join(code, "\n"), "\n")
	if strings.TrimSpace(text) == "" {
		return
	}
	fence := fenceFor(text)
	r.add(codeBlock, []string{fence, text, fence})
}

func (r *blockReader) list() {
	loose := false
	for r.at < len(r.lines) && markerLine.MatchString(r.lines[r.at]) && !ruleLine.MatchString(r.lines[r.at]) {
		start, end := r.at, r.at+1
		inFence := ""
		for r.at++; r.at < len(r.lines); r.at++ {
			line := r.lines[r.at]
			if m := fenceLine.FindStringSubmatch(line); m != nil && (indented(line) || line[0] == ' ' || inFence != "") {
				if inFence == "" {
					inFence = m[2]
				} else if strings.HasPrefix(m[2], inFence) {
					inFence = ""
				}
				end = r.at + 1
				continue
			}
			if inFence != "" {
				end = r.at + 1
				continue
			}
			if blank(line) {
				continue
			}
			lazy := r.at == end && !markerLine.MatchString(line) && !startsBlock(line)
			if line[0] != ' ' && line[0] != '\t' && !lazy {
				break
			}
			if markerLine.MatchString(line) && leading(line) < 2 {
				break
			}
			end = r.at + 1
		}
		r.add(listItem, r.lines[start:end])
		if n := len(r.out); n > 0 {
			r.out[n-1].loose = loose
		}
		loose = r.at > end
	}
}

func (r *blockReader) paragraph() {
	start := r.at
	for r.at++; r.at < len(r.lines); r.at++ {
		line := r.lines[r.at]
		if setextLine.MatchString(line) {
			level := 1
			if strings.Contains(line, "-") {
				level = 2
			}
			r.heading(level, strings.TrimSpace(strings.Join(r.lines[start:r.at], " ")))
			r.at++
			return
		}
		if blank(line) || startsBlock(line) {
			break
		}
	}
	r.add(paragraph, r.lines[start:r.at])
}

// startsBlock reports whether the line ends the paragraph before it.
func startsBlock(line string) bool {
	t := strings.TrimSpace(line)
	return fenceLine.MatchString(line) || atxLine.MatchString(line) || ruleLine.MatchString(line) ||
		(markerLine.MatchString(line) && t != "" && (t[0] < '0' || t[0] > '9')) ||
		strings.HasPrefix(t, ">") || strings.HasPrefix(t, "|")
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }
func indented(line string) bool {
	return strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t")
}
func leading(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// fenceFor returns a fence that does not occur in the code.
func fenceFor(code string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence
}
