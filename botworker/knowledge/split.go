package knowledge

import (
	"strings"
	"unicode/utf8"
)

// maxPassage is how many characters a passage may have: as much as a visitor reads without
// scrolling.
const maxPassage = 700

// split packs the blocks of one section into passages of at most size characters, split
// between blocks if possible. A line that ends in a colon stays with what it introduces
// if both fit.
func split(section []block, size int) []string {
	var pieces []block
	for _, b := range section {
		pieces = append(pieces, cut(b, size)...)
	}
	var out []string
	for i := 0; i < len(pieces); {
		n := take(pieces[i:], size)
		out = append(out, join(pieces[i:i+n]))
		i += n
	}
	return out
}

// take returns how many pieces make up the next passage; at least one.
func take(pieces []block, size int) int {
	n := 1
	for n < len(pieces) && length(join(pieces[:n+1])) <= size {
		n++
	}
	if n > 1 && n < len(pieces) && announces(pieces[n-1]) {
		n--
	}
	return n
}

func announces(b block) bool {
	return b.kind == paragraph && strings.HasSuffix(strings.TrimRight(b.text, "*_ "), ":")
}

func join(pieces []block) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			b.WriteByte('\n')
			if p.kind != listItem || pieces[i-1].kind != listItem || p.loose {
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
	switch b.kind {
	case codeBlock:
		return cutCode(b, size)
	case table, quote, listItem:
		return asBlocks(b, cutLines(strings.Split(b.text, "\n"), size))
	default:
		return asBlocks(b, cutWords(b.text, size))
	}
}

func asBlocks(b block, texts []string) []block {
	out := make([]block, len(texts))
	for i, t := range texts {
		out[i] = block{kind: b.kind, text: t}
		if i > 0 && b.kind == listItem {
			out[i].kind = paragraph // a later piece of an item has no mark of its own
		}
	}
	return out
}

// cutCode closes and opens the fence at each cut.
func cutCode(b block, size int) []block {
	lines := strings.Split(b.text, "\n")
	first, last := lines[0], lines[len(lines)-1]
	if len(lines) < 3 || length(first)+length(last)+2 > size/2 {
		// A fence longer than any code could use: keep the text only.
		return asBlocks(block{kind: paragraph}, cutLines(lines, size))
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
// in the middle.
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
		}
		out = append(out, strings.TrimSpace(text[:at]))
		text = text[at:]
	}
	if text != "" {
		out = append(out, text)
	}
	return out
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
