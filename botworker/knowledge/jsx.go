package knowledge

import (
	"html"
	"strings"
	"unicode"
)

// tag is a tag of HTML or of a component.
type tag struct {
	name        string
	attributes  map[string]string // those with a constant value
	closing     bool
	selfClosing bool
	braces      bool // an attribute has an expression as its value
	valued      bool // an attribute has a value
	hidden      bool
	end         int // the offset after it
}

// tag reads the tag that begins at an offset. An attribute may contain ">", and its value
// may be an expression in braces.
func (l *lexer) tag(at int) (t tag, ok bool) {
	s := l.in
	t.attributes = map[string]string{}
	i := at + 1
	if i < len(s) && s[i] == '/' {
		t.closing = true
		i++
	}
	if i < len(s) && s[i] == '>' && l.mdx { // a fragment
		t.end = i + 1
		return t, true
	}
	t.name = nameAt(s[i:])
	if t.name == "" || !unicode.IsLetter(rune(t.name[0])) {
		return t, false
	}
	i += len(t.name)
	for i < len(s) && l.look(1) {
		switch c := s[i]; {
		case c == '\n' && i+1 < len(s) && s[i+1] == '\n' && !l.mdx:
			return t, false
		case c == ' ', c == '\t', c == '\n':
			i++
		case c == '>':
			t.end = i + 1
			t.hidden = hiddenAttributes(t.attributes)
			return t, true
		case c == '/' && i+1 < len(s) && s[i+1] == '>':
			t.selfClosing, t.end = true, i+2
			t.hidden = hiddenAttributes(t.attributes)
			return t, true
		case c == '{':
			end := l.braces(i)
			if end < 0 {
				return t, false
			}
			t.braces, i = true, end
		default:
			n := 0
			for i+n < len(s) && strings.IndexByte(" \t\n=>{}\"'<`", s[i+n]) < 0 && (s[i+n] != '/' || i+n+1 < len(s) && s[i+n+1] != '>') {
				n++
			}
			if n == 0 || n > 100 {
				return t, false
			}
			name := strings.ToLower(s[i : i+n])
			value, end, ok := l.attributeValue(&t, i+n)
			if !ok {
				return t, false
			}
			t.attributes[name] = value
			i = end
		}
	}
	return t, false
}

func (l *lexer) attributeValue(t *tag, i int) (value string, end int, ok bool) {
	s := l.in
	if i >= len(s) || s[i] != '=' {
		return "", i, true
	}
	t.valued = true
	i++
	if i >= len(s) {
		return "", i, false
	}
	switch s[i] {
	case '"', '\'':
		n := l.find(s[i:i+1], i+1)
		if n < 0 || n-i > 10_000 {
			return "", i, false
		}
		return html.UnescapeString(s[i+1 : n]), n + 1, true
	case '{':
		end := l.braces(i)
		if end < 0 {
			return "", i, false
		}
		t.braces = true
		inner := strings.TrimSpace(s[i+1 : end-1])
		if text, ok := literalValue(inner); ok {
			return text, end, true
		}
		switch {
		case inner == "true":
			return "true", end, true
		case inner == "false":
			return "false", end, true
		case strings.HasPrefix(inner, "{"): // a style as an object
			return strings.NewReplacer("'", "", `"`, "", ",", ";").Replace(strings.Trim(inner, "{} \n")), end, true
		}
		return string(hole), end, true
	}
	n := strings.IndexAny(s[i:min(len(s), i+2000)], " \t\n>\"'`")
	if n < 0 {
		return "", i, false
	}
	return html.UnescapeString(s[i : i+n]), i + n, true
}

// braces returns the offset after the expression in braces that begins at an offset, or -1.
func (l *lexer) braces(at int) int {
	s := l.in
	depth := 0
	for i := at; i < len(s) && i-at < 20_000; i++ {
		if !l.look(1) {
			return -1
		}
		switch c := s[i]; c {
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			if depth--; depth <= 0 {
				return i + 1
			}
		case '"', '\'', '`':
			n := stringEnd(s, i)
			if n < 0 {
				if c == '`' {
					return -1
				}
				continue // an apostrophe in a text
			}
			i = n - 1
		case '/':
			if strings.HasPrefix(s[i:], "/*") {
				n := l.find("*/", i+2)
				if n < 0 {
					return -1
				}
				i = n + 1
			}
		}
	}
	return -1
}

// stringEnd returns the offset after the string that begins at an offset, or -1.
func stringEnd(s string, at int) int {
	quote := s[at]
	for i := at + 1; i < len(s) && i-at < 10_000; i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		case '\n':
			if quote != '`' {
				return -1
			}
		}
	}
	return -1
}

// component reports whether the tag can't be one of HTML.
func (t tag) component() bool {
	return t.name == "" || t.name[0] >= 'A' && t.name[0] <= 'Z' && strings.ToUpper(t.name) != t.name || strings.ContainsAny(t.name, ".-")
}

// placeholder reports whether the tag is a text in angle brackets, such as <package>.
func (t tag) placeholder(l *lexer) bool {
	return t.name != "" && !t.closing && !t.selfClosing && !t.valued && !t.braces && !l.ends["/"+t.name]
}

func (t tag) plainTag() string {
	name := strings.ToLower(t.name)
	if t.closing {
		return "</" + name + ">"
	}
	return "<" + name + t.hiddenMark() + ">"
}

func (t tag) hiddenMark() string {
	if t.hidden {
		return " hidden"
	}
	return ""
}

// shownAttributes are attributes of components that the page shows as text.
var shownAttributes = []string{"title", "label", "summary", "header", "heading", "question", "caption", "subtitle", "description", "text"}

// lead returns the texts among a component's attributes, as the line above its content.
func (t tag) lead() string {
	var shown []string
	for _, a := range shownAttributes {
		if v := strings.TrimSpace(t.attributes[a]); v != "" && v != "true" && v != "false" {
			shown = append(shown, html.EscapeString(v))
		}
	}
	if len(shown) == 0 {
		return ""
	}
	element := "<div lead>"
	if t.selfClosing {
		element = "<div>"
	}
	return element + strings.Join(shown, "</div>"+element) + "</div>"
}

// text is what a component in a sentence shows, as far as it is known.
func (t tag) text() string {
	for _, a := range []string{"text", "label", "children", "title"} {
		if v := strings.TrimSpace(t.attributes[a]); v != "" {
			return v
		}
	}
	return ""
}

func (t tag) decorative() bool {
	name := strings.ToLower(t.name)
	for _, end := range []string{"icon", "image", "img", "spacer", "emoji", "br", "anchor", "divider", "logo"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// usesModules reports whether a page imports components, as MDX does.
func usesModules(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "import ") && isImport(line) {
			return true
		}
	}
	return false
}

func isImport(line string) bool {
	rest := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line[len("import "):]), ";"))
	if rest == "" {
		return false
	}
	last := rest[len(rest)-1]
	quoted := last == '"' || last == '\''
	return quoted && (rest[0] == last || strings.Contains(rest, " from "))
}

// module returns the offset after the import or export statement that begins at an
// offset, or 0.
func module(s string, at int, l *lexer) int {
	rest := s[at:]
	if !strings.HasPrefix(rest, "import ") && !strings.HasPrefix(rest, "export ") && !strings.HasPrefix(rest, "import{") {
		return 0
	}
	line := rest[:lineEnd(rest, 0)]
	after := strings.TrimSpace(line[len("import"):])
	if rest[0] == 'i' && !isImport(line+" ") && !strings.HasPrefix(after, "{") {
		return 0
	}
	if rest[0] == 'e' {
		switch nameAt(after) {
		case "const", "let", "var", "function", "default", "class", "async", "type", "interface":
		default:
			if !strings.HasPrefix(after, "{") && !strings.HasPrefix(after, "*") {
				return 0
			}
		}
	}
	// The statement ends with a line on which no bracket is open.
	depth := 0
	for i := at; i < len(s); i++ {
		if !l.look(1) {
			return 0
		}
		switch c := s[i]; c {
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			depth--
		case '"', '\'', '`':
			if n := stringEnd(s, i); n > 0 {
				i = n - 1
			}
		case '/':
			if strings.HasPrefix(s[i:], "/*") {
				if n := l.find("*/", i); n > 0 {
					i = n + 1
				}
			} else if strings.HasPrefix(s[i:], "//") {
				i = lineEnd(s, i) - 2
			}
		case '\n':
			if depth > 0 {
				continue
			}
			next := strings.TrimSpace(s[i+1 : lineEnd(s, i+1)])
			if next == "" || strings.HasPrefix(next, "import ") || strings.HasPrefix(next, "export ") {
				return i + 1
			}
			if t := strings.TrimSpace(s[at:i]); strings.HasSuffix(t, ";") || strings.HasSuffix(t, "}") || rest[0] == 'i' {
				return i + 1
			}
		}
	}
	if depth > 0 {
		return at + len(line) // not a statement after all: only its first line is taken
	}
	return len(s)
}
