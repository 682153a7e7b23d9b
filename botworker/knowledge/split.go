package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPassage is how many characters a passage may have: as much as a visitor reads without
// scrolling.
const maxPassage = 700

// split packs the blocks of one section into passages of at most size characters, split
// between blocks if possible. A line that names or announces what follows stays with it
// if both fit, and is repeated above the later pieces.
func split(section []block, size int) []string {
	var pieces []block
	for _, b := range announced(section) {
		room := size
		if b.intro != "" {
			room -= length(b.intro) + 2
		}
		pieces = append(pieces, cut(b, room)...)
	}
	var out []string
	for i := 0; i < len(pieces); {
		n := take(pieces[i:], size)
		out = append(out, introduced(pieces[i:i+n]))
		i += n
	}
	return out
}

// announced gives each list item, table and block of code the line that announces it.
func announced(section []block) []block {
	out := make([]block, len(section))
	line := ""
	for i, b := range section {
		if i > 0 && section[i-1].announces() && section[i-1].kind == paragraph {
			line = section[i-1].text
		} else if i > 0 && (b.kind != listItem || section[i-1].kind != listItem) {
			line = ""
		}
		if line != "" && (b.kind == listItem || b.kind == table || b.kind == codeBlock) {
			if all := join2(b.intro, line); length(all) <= 2*maxIntro {
				b.intro = all
			}
		}
		out[i] = b
	}
	return out
}

// introduced joins the pieces of a passage. If it begins in the middle of a box or a list,
// the titles and the line that announces it stand above it.
func introduced(pieces []block) string {
	text := join(pieces)
	intro := pieces[0].intro
	if intro == "" || pieces[0].kind == lead {
		return text
	}
	return intro + "\n\n" + text
}

// take returns how many pieces make up the next passage; at least one.
func take(pieces []block, size int) int {
	n, used := 1, length(introduced(pieces[:1]))
	for n < len(pieces) {
		used += 1 + length(pieces[n].text)
		if apart(pieces[n-1], pieces[n]) {
			used++
		}
		if used > size {
			break
		}
		n++
	}
	for n > 1 && n < len(pieces) && pieces[n-1].announces() {
		n--
	}
	return n
}

// apart reports whether an empty line separates two blocks.
func apart(a, b block) bool {
	if b.tight && a.kind == paragraph {
		return false
	}
	return b.kind != listItem || a.kind != listItem || b.loose
}

func join(pieces []block) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			b.WriteByte('\n')
			if apart(pieces[i-1], p) {
				b.WriteByte('\n')
			}
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// cut splits a block into pieces of at most size characters.
func cut(b block, size int) []block {
	if length(b.text) <= size {
		return []block{b}
	}
	var out []block
	switch {
	case b.kind == codeBlock:
		out = cutCode(b, size)
	case b.kind == table:
		out = cutTable(b, size)
	case len(b.parts) > 0:
		out = cutParts(b, size)
	default:
		out = asBlocks(b.kind, cutLines(strings.Split(b.text, "\n"), size))
	}
	for i := range out {
		out[i].intro = b.intro
	}
	return out
}

func asBlocks(kind blockKind, texts []string) []block {
	out := make([]block, len(texts))
	for i, t := range texts {
		out[i] = block{kind: kind, text: t}
	}
	return out
}

// cutParts cuts a list item or a quote between its blocks. Only the first piece of an item
// has its mark.
func cutParts(b block, size int) []block {
	var out []block
	room := size - max(2, len(b.mark))
	var pieces []block
	for _, p := range b.parts {
		pieces = append(pieces, cut(p, room)...)
	}
	for i := 0; i < len(pieces); {
		n := take(pieces[i:], room*9/10)
		text := join(pieces[i : i+n])
		switch {
		case b.kind == quote:
			if quoted := prefixed(text, "> ", "> "); length(quoted) <= size {
				out = append(out, block{kind: quote, text: quoted})
				break
			}
			out = append(out, pieces[i:i+n]...)
		case i == 0:
			item := prefixed(text, b.mark, strings.Repeat(" ", len(b.mark)))
			if length(item) <= size {
				out = append(out, block{kind: listItem, text: item, loose: b.loose})
				break
			}
			fallthrough
		default:
			out = append(out, pieces[i:i+n]...)
		}
		i += n
	}
	return out
}

// cutTable repeats the head of the table above each piece. If a row does not fit below the
// head, it becomes a list of its cells.
func cutTable(b block, size int) []block {
	var out []block
	headLength := length(strings.Join(b.lines, "\n"))
	var have []string
	used := headLength
	flush := func() {
		if len(have) > 0 {
			out = append(out, block{kind: table, text: strings.Join(append(append([]string(nil), b.lines...), have...), "\n")})
		}
		have, used = nil, headLength
	}
	for _, row := range b.rows {
		line := tableLine(row)
		n := length(line) + 1
		if headLength+n > size {
			flush()
			out = append(out, asBlocks(paragraph, cutLines(cellLines(b.names, row), size))...)
			continue
		}
		if used+n > size {
			flush()
		}
		have, used = append(have, line), used+n
	}
	flush()
	return out
}

// cellLines writes a row as lines of "column: value".
func cellLines(names, row []string) []string {
	var out []string
	for i, value := range row {
		if value == "" {
			continue
		}
		if names[i] != "" {
			value = names[i] + ": " + value
		}
		out = append(out, "- "+value)
	}
	return out
}

// cutCode closes and opens the fence at each cut.
func cutCode(b block, size int) []block {
	lines := strings.Split(b.text, "\n")
	first, last := lines[0], lines[len(lines)-1]
	if len(lines) < 3 || length(first)+length(last)+2 > size/2 {
		// A fence longer than any code could use: keep the text only.
		return asBlocks(paragraph, cutLines(lines, size))
	}
	var out []block
	for _, text := range cutLines(lines[1:len(lines)-1], size-length(first)-length(last)-2) {
		out = append(out, block{kind: codeBlock, text: first + "\n" + text + "\n" + last})
	}
	return out
}

func cutLines(lines []string, size int) []string {
	var out []string
	var have []string
	used := 0
	flush := func() {
		if text := strings.Trim(strings.Join(have, "\n"), "\n"); strings.TrimSpace(text) != "" {
			out = append(out, text)
		}
		have, used = nil, 0
	}
	for _, line := range lines {
		n := length(line) + 1
		if used+n-1 > size {
			flush()
		}
		if n-1 > size {
			out = append(out, cutWords(line, size)...)
			continue
		}
		have, used = append(have, line), used+n
	}
	flush()
	return out
}

// cutWords splits after the last sentence that fits, or else after the last word, or else
// in the middle, but not in an amount.
func cutWords(text string, size int) []string {
	var out []string
	for {
		text = strings.TrimSpace(text)
		if length(text) <= size {
			break
		}
		end := offset(text, size)
		at := -1
		for _, mark := range []string{". ", ".\n", "? ", "! ", "。"} {
			if i := strings.LastIndex(text[:end], mark); i >= 0 {
				at = max(at, i+len(strings.TrimRight(mark, " \n")))
			}
		}
		if at < end/3 {
			at = strings.LastIndexAny(text[:end], " \n\t")
		}
		if at <= 0 {
			at = end
			for at > end/2 && unicode.IsDigit(lastRune(text[:at])) {
				at -= utf8.RuneLen(lastRune(text[:at]))
			}
		}
		out = append(out, strings.TrimSpace(text[:at]))
		text = text[at:]
	}
	if text != "" {
		out = append(out, text)
	}
	return out
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func length(s string) int { return utf8.RuneCountInString(s) }

// offset returns the byte offset of the n-th character of s.
func offset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}
