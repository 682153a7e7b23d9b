package knowledge

import (
	"path"
	"strings"
)

// fileKind says how a file is read.
type fileKind int

const (
	otherFile fileKind = iota
	markdownFile
	mdxFile
	htmlFile
	textFile
)

// kindOf returns how the file is read, by its name.
func kindOf(name string) fileKind {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown":
		return markdownFile
	case ".mdx":
		return mdxFile
	case ".html", ".htm":
		return htmlFile
	case ".txt":
		return textFile
	}
	return otherFile
}

// plainText returns the blocks of a file without any marks, and its title: a short first
// line that stands alone. A line that is underlined is a heading.
func plainText(text string) (out []block, title string) {
	v := &viewer{}
	var group []string
	flush := func() {
		if len(group) > 0 {
			v.lines(group)
		}
		group = nil
	}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \t")
		switch {
		case strings.TrimSpace(line) == "":
			flush()
		case i+1 < len(lines) && len(group) == 0 && underline(lines[i+1]):
			level := 2
			if strings.HasPrefix(strings.TrimSpace(lines[i+1]), "=") {
				level = 1
			}
			name := strings.TrimSpace(visibleText(line))
			v.out = append(v.out, block{kind: heading, level: level, text: name, name: name})
			i++
		case underline(line): // a rule
			flush()
		default:
			group = append(group, line)
		}
		if len(group) == 1 && title == "" && len(v.out) == 0 && titleLine(lines, i) {
			title = strings.TrimSpace(visibleText(line))
			group = nil
		}
	}
	flush()
	return v.out, title
}

func underline(line string) bool {
	t := strings.TrimSpace(line)
	return len(t) >= 3 && (strings.Trim(t, "=") == "" || strings.Trim(t, "-") == "" || strings.Trim(t, "~") == "" || strings.Trim(t, "_") == "" || strings.Trim(t, "*") == "")
}

// titleLine reports whether a line is short, stands alone, and is no sentence.
func titleLine(lines []string, i int) bool {
	line := strings.TrimSpace(lines[i])
	return length(line) <= 80 && i+1 < len(lines) && strings.TrimSpace(lines[i+1]) == "" && !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, ":") &&
		!strings.HasSuffix(line, ",") && !strings.HasSuffix(line, ";") && listMark(line) == 0 && strings.TrimSpace(strings.Join(lines[i+1:], "")) != ""
}

// lines writes lines that stand together. If they are set in columns, they are kept as
// they are.
func (v *viewer) lines(group []string) {
	columns, short := false, false
	for i, line := range group {
		t := strings.TrimSpace(line)
		columns = columns || strings.Contains(t, "\t") || strings.Contains(strings.NewReplacer(".  ", ". ", "!  ", "! ", "?  ", "? ").Replace(t), "  ")
		short = short || i+1 < len(group) && length(t) < 50
	}
	if columns {
		code := strings.Trim(strings.Join(group, "\n"), "\n")
		fence := fenceFor(code)
		v.add(block{kind: codeBlock, text: fence + "\n" + code + "\n" + fence, all: length(code)})
		return
	}
	var text []glyph
	flush := func() {
		v.paragraph(text, paragraph)
		text = nil
	}
	inItem := false
	for i, line := range group {
		t := strings.TrimSpace(line)
		if n := listMark(t); n > 0 || strings.HasPrefix(t, "• ") {
			if !inItem {
				flush()
			}
			if n == 0 {
				n = len("• ")
			}
			item := t[n:]
			j := i + 1
			for j < len(group) && listMark(strings.TrimSpace(group[j])) == 0 && !strings.HasPrefix(strings.TrimSpace(group[j]), "• ") {
				j++
			}
			item += "\n" + strings.Join(group[i+1:j], "\n")
			in := &viewer{}
			in.paragraph(plainGlyphs(item), paragraph)
			mark := "- "
			if t[0] >= '0' && t[0] <= '9' {
				mark = t[:n-1] + " "
			}
			v.item(mark, in.out, false)
			inItem = true
			continue
		}
		if inItem {
			continue // part of the item above
		}
		if len(text) > 0 {
			r := '\n'
			if short {
				r = lineBreak
			}
			text = append(text, glyph{r: r})
		}
		text = append(text, plainGlyphs(t)...)
	}
	flush()
}
