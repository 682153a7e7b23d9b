package knowledge

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is one file, split into passages.
type page struct {
	path     string
	title    string
	link     string // where the site shows it, see linkOf
	team     string // what it calls the team whose matter it is; empty: it names none
	passages []passage
	hidden   string    // says why the site does not show the page; empty if it does
	changes  time.Time // when hidden will be another, by a date of the page; zero if it stays
	faults   []string  // what could not be read, in sentences
}

// passage is a piece of a section, short enough to be quoted.
type passage struct {
	headings []string // from the section below the title to its own
	section  int      // numbers the page's sections, so that neighbors are known
	text     string   // Markdown
}

// parsePage reads a page of Markdown, MDX, HTML or text, whichever its name says. It
// accepts any text.
func parsePage(name, text string) page { return parsePageAt(name, text, time.Now()) }

// parsePageAt is parsePage as of a time: the page may be hidden until a date, or from one on.
func parsePageAt(name, text string, now time.Time) page {
	p := page{path: name}
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = withoutPrivate(text)
	var m meta
	kind := kindOf(name)
	if kind != textFile {
		m, text = frontMatter(text, now)
	}
	if p.hidden, p.changes = m.hidden, m.changes; p.hidden == "" {
		if hidden, changes := hiddenByName(name, now); hidden != "" {
			p.hidden, p.changes = hidden, changes
		}
	}
	if p.hidden != "" {
		return p
	}
	if m.fault != "" {
		p.faults = append(p.faults, m.fault)
	}
	// A control character can't be shown, such as a form feed.
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return ' '
		}
		return r
	}, text)
	all, title, err := p.blocks(kind, text)
	if err != nil {
		p.faults = append(p.faults, fmt.Sprintf("can't be read: expected a page without thousands of elements in one another: %v", err))
	}
	p.link, p.team = linkOf(name, m.where), m.team
	if m.title != "" {
		title = m.title
	}
	p.split(all, title)
	if p.title == "" {
		p.title = nameFromPath(name)
	}
	return p
}

// blocks returns the blocks that a reader of the page sees, and the title if it does not
// stand among them.
func (p *page) blocks(kind fileKind, text string) (all []block, title string, err error) {
	var root *html.Node
	switch kind {
	case textFile:
		all, title = plainText(text)
		return all, title, nil
	case htmlFile:
		root, title, err = htmlPage(text)
	default:
		var rendered string
		var omitted bool
		if rendered, omitted, err = markdownToHTML(text, kind == mdxFile); err == nil {
			root, err = fragment(rendered)
		}
		if omitted {
			p.faults = append(p.faults, "parts that stand under a condition of the site's builder are left out: expected text without {% if %}")
		}
	}
	if err != nil {
		return nil, "", err
	}
	return view(root), title, nil
}

// fragment parses the HTML of a page's content.
func fragment(text string) (*html.Node, error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body, nil
}

// split makes passages of the blocks.
func (p *page) split(all []block, title string) {
	p.title = title
	var trail []block
	var section []block
	sections := 0
	flush := func() {
		var names []string
		for _, h := range trail {
			if h.name != "" {
				names = append(names, h.name)
			}
		}
		for _, text := range split(section, maxPassage) {
			p.passages = append(p.passages, passage{headings: names, section: sections, text: text})
		}
		sections++
		section = nil
	}
	leave := func(level int) {
		for len(trail) > 0 && trail[len(trail)-1].level >= level {
			trail = trail[:len(trail)-1]
		}
	}
	for _, b := range all {
		switch b.kind {
		case sectionEnd:
			flush()
			leave(b.level)
		case heading:
			flush()
			if p.title == "" {
				p.title = b.name
			}
			if len(trail) == 0 && b.level == 1 && b.name == p.title {
				continue // the page's own title is not part of the trail
			}
			leave(b.level)
			trail = append(trail[:len(trail):len(trail)], b)
		default:
			if !b.navigates() {
				section = append(section, b)
			}
		}
	}
	flush()
}

// nameFromPath is the title of a page without one. An index is named by its folder.
func nameFromPath(name string) string {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	switch strings.ToLower(base) {
	case "index", "_index", "readme":
		if dir := path.Base(path.Dir(name)); dir != "." && dir != "/" {
			return dir
		}
	}
	return base
}

// numbering is what precedes the words of a heading in a numbered document.
var numbering = regexp.MustCompile(`(?i)^(?:(?:chapter|appendix|section|part)\s+[0-9a-z]{1,4}\b[.:)]?|(?:[a-z]\.)?\d+(?:\.\d+)*[.:)]?)\s+`)

// unnumbered is the heading without its number.
func unnumbered(heading string) string {
	if rest := numbering.ReplaceAllString(heading, ""); rest != "" {
		return rest
	}
	return heading
}
