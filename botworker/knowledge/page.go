package knowledge

import (
	"path"
	"strings"
	"unicode"
)

// page is one file, split into passages.
type page struct {
	path     string
	title    string
	passages []passage
}

// passage is a piece of a section, short enough to be quoted.
type passage struct {
	headings []string // from the section below the title to its own
	section  int      // numbers the page's sections, so that neighbors are known
	text     string   // Markdown
}

// parsePage reads a Markdown page. It accepts any text.
func parsePage(name, text string) page {
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return ' ' // such as a form feed, which can't be shown
		}
		return r
	}, text)
	title, text := frontMatter(text)
	all := blocks(commentPart.ReplaceAllString(text, ""))

	p := page{path: name, title: title}
	var trail []block
	var section []block
	sections := 0
	flush := func() {
		var names []string
		for _, h := range trail {
			names = append(names, plain(h.text))
		}
		for _, text := range split(section, maxPassage) {
			p.passages = append(p.passages, passage{headings: names, section: sections, text: text})
		}
		sections++
		section = nil
	}
	for _, b := range all {
		if b.kind != heading {
			if b.kind != codeBlock {
				if mostlyLinks(b.text) {
					continue
				}
				b.text = tidy(b.text)
			}
			if strings.TrimSpace(b.text) != "" {
				section = append(section, b)
			}
			continue
		}
		name := plain(b.text)
		if name == "" {
			continue
		}
		flush()
		if p.title == "" {
			p.title = name
		}
		if len(trail) == 0 && b.level == 1 && name == p.title {
			continue // the page's own title is not part of the trail
		}
		for len(trail) > 0 && trail[len(trail)-1].level >= b.level {
			trail = trail[:len(trail)-1]
		}
		trail = append(trail[:len(trail):len(trail)], b)
	}
	flush()
	if p.title == "" {
		base := path.Base(name)
		p.title = strings.TrimSuffix(base, path.Ext(base))
	}
	return p
}

// frontMatter strips a leading block between two lines of three dashes, and returns the
// title in it, if any.
func frontMatter(text string) (title, rest string) {
	if !strings.HasPrefix(text, "---\n") {
		return "", text
	}
	head, rest, found := strings.Cut(text[4:], "\n---\n")
	if !found {
		if head, found = strings.CutSuffix(strings.TrimRight(text[4:], "\n"), "\n---"); !found {
			return "", text
		}
		rest = ""
	}
	for line := range strings.Lines(head) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimSpace(key), "title") {
			title = strings.Trim(strings.TrimSpace(value), `"'`)
			title = strings.Join(strings.Fields(title), " ")
		}
	}
	return title, rest
}
