package knowledge

import (
	"strings"

	"golang.org/x/net/html"
)

// htmlPage returns the part of an HTML page that is its own, without what all pages of a
// site have around it, and the title of the page.
func htmlPage(text string) (content *html.Node, title string, err error) {
	l := &lexer{in: text, inHTML: -1, budget: 50*len(text) + 10_000}
	l.ends = endTags(text)
	l.templates()
	root, err := html.Parse(strings.NewReader(expand(l.out.String(), l.tokens)))
	if err != nil {
		return nil, "", err
	}
	var body, main, article *html.Node
	articles := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case n.Data == "title" && title == "" && n.FirstChild != nil && n.Parent != nil && n.Parent.Data == "head":
			title = strings.Join(strings.Fields(visibleText(n.FirstChild.Data)), " ")
		case n.Data == "body" && body == nil:
			body = n
		case (n.Data == "main" || attr(n, "role") == "main") && main == nil && !hiddenElement(n):
			main = n
		case n.Data == "article" && !hiddenElement(n):
			if articles++; article == nil {
				article = n
			}
		}
	}
	content = main
	if content == nil && articles == 1 {
		content = article
	}
	if content == nil {
		content = body
	}
	if content == nil {
		content = root
	}
	if content == body || content == root {
		around(content)
	}
	for n := range content.Descendants() {
		if n.Type == html.ElementNode && n.Data == "h1" && !hiddenElement(n) {
			return content, "", nil // the heading is the better title
		}
	}
	if strings.ContainsRune(title, hole) {
		title = ""
	}
	return content, title, nil
}

// around takes out what stands around the content of a page.
func around(body *html.Node) {
	var out []*html.Node
	for n := range body.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		role := attr(n, "role")
		if n.Data == "footer" && (n.Parent == body || n.Parent.Data == "div") || role == "navigation" || role == "contentinfo" || role == "banner" || role == "search" ||
			n.Data == "aside" && (n.Parent == body || n.Parent.Data == "div") {
			out = append(out, n)
		}
	}
	for _, n := range out {
		n.Parent.RemoveChild(n)
	}
}

// templates replaces the templates in a page of HTML, and nothing else.
func (l *lexer) templates() {
	for l.at < len(l.in) {
		i := strings.Index(l.in[l.at:], "{")
		if i < 0 {
			break
		}
		l.copyTo(l.at + i)
		rest := l.in[l.at:]
		done := false
		if strings.HasPrefix(rest, "{{<") || strings.HasPrefix(rest, "{{%") {
			done = l.shortcode()
		} else if strings.HasPrefix(rest, "{{") {
			done = l.variable()
		} else if strings.HasPrefix(rest, "{%") {
			done = l.liquid()
		}
		if !done {
			l.copyTo(l.at + 1)
		}
	}
	l.copyTo(len(l.in))
}
