package knowledge

import (
	"html"
	"strings"
	"unicode"
)

// labelsOf returns the labels that the page defines for its links, as "[label]: target".
func labelsOf(text string) map[string]bool {
	labels := map[string]bool{}
	for line := range strings.Lines(text) {
		t := strings.TrimLeft(line, " \t>")
		if !strings.HasPrefix(t, "[") {
			continue
		}
		if n := strings.Index(t, "]:"); n > 1 {
			labels[labelKey(t[1:n])] = true
		}
	}
	return labels
}

// labelKey is the label as it is compared: without regard to case and spaces.
func labelKey(label string) string {
	return strings.ToLower(strings.Join(strings.Fields(label), " "))
}

// reference handles [text][label] whose label the page does not define: the builder knows
// it from elsewhere, such as a page of the code's documentation or a file of links that is
// appended to every page. A reader sees the text. Of a picture, ![text][label], a reader
// sees nothing that could be quoted.
func (l *lexer) reference() bool {
	from := l.at + 1
	picture := strings.HasPrefix(l.in[l.at:], "![")
	if picture {
		from++
	} else if l.at > 0 && (isAlnum(l.in[l.at-1]) || strings.IndexByte("_])", l.in[l.at-1]) >= 0) {
		return false // a[0][i]
	}
	text, after := l.bracketed(from)
	if after < 0 || after >= len(l.in) || l.in[after] != '[' || strings.TrimSpace(text) == "" || strings.HasPrefix(text, "^") {
		return false
	}
	label, end := l.bracketed(after + 1)
	key := label
	if strings.TrimSpace(label) == "" {
		key = text
	}
	if end < 0 || l.labels[labelKey(key)] || strings.Contains(text, "](") || label != "" && !names(label) {
		return false
	}
	if picture {
		l.token("", end)
		return true
	}
	l.token("<span>", from)
	l.within(text)
	l.at = after - 1
	l.token("</span>", end)
	return true
}

// bracketed returns what stands up to the bracket that closes, within a paragraph, and the
// offset after it, or -1.
func (l *lexer) bracketed(from int) (text string, after int) {
	depth := 0
	for i := from; i < len(l.in) && i-from < 500 && l.look(1); i++ {
		switch l.in[i] {
		case '\\':
			i++
		case '`':
			n := strings.IndexByte(l.ahead(i+1, 200), '`')
			if n < 0 {
				return "", -1
			}
			i += n + 1
		case '[':
			depth++
		case ']':
			if depth--; depth < 0 {
				return l.in[from:i], i + 1
			}
		case '\n':
			if i+1 < len(l.in) && l.in[i+1] == '\n' {
				return "", -1
			}
		}
	}
	return "", -1
}

// names reports whether a label names something, so that nothing is lost without it: one
// with a figure and a space, or with figures only, may be text.
func names(label string) bool {
	if strings.HasPrefix(label, "^") || strings.ContainsAny(label, "[]€$£¥%") {
		return false
	}
	digits := strings.IndexFunc(label, unicode.IsDigit) >= 0
	return strings.IndexFunc(label, unicode.IsLetter) >= 0 && !(digits && strings.ContainsAny(label, " \n"))
}

// role handles {role}`text <target>`, as MyST writes it. The title of what a role without
// a text leads to only the builder knows.
func (l *lexer) role() bool {
	name := nameAt(l.in[l.at+1:])
	open := l.at + 1 + len(name)
	if name == "" || !strings.HasPrefix(l.in[open:], "}`") || strings.HasPrefix(l.in[open:], "}``") {
		return false
	}
	from := open + 2
	n := strings.IndexByte(l.ahead(from, 300), '`')
	if n <= 0 {
		return false
	}
	inner, end := l.in[from:from+n], from+n+1
	text, target, _ := strings.Cut(inner, "<")
	text = strings.TrimSpace(text)
	short, _, _ := strings.Cut(inner, " (")
	shown := html.EscapeString(strings.TrimLeft(inner, "~!"))
	if i := strings.LastIndexByte(name, ':'); i >= 0 { // {py:func}`a.b`
		name = "code"
	}
	switch name {
	case "doc", "ref", "numref", "eq", "any", "term", "download":
		if strings.HasSuffix(target, ">") && text != "" && !strings.ContainsAny(text, "{%") {
			l.token(html.EscapeString(text), end)
			return true
		}
		if name != "term" && name != "download" {
			l.hole(end)
			return true
		}
	case "sub", "sup", "kbd", "code", "strong":
		shown = "<" + name + ">" + shown + "</" + name + ">"
	case "emphasis":
		shown = "<em>" + shown + "</em>"
	case "math":
		shown = html.EscapeString("$" + inner + "$")
	case "abbr":
		shown = html.EscapeString(short)
	case "guilabel", "menuselection", "file", "samp", "command", "program", "option", "envvar":
	default:
		return false
	}
	l.token(shown, end)
	return true
}

// sizedPicture takes out ![text](a.png =100x200), a picture with a size, as markdown-it's
// plugins know it. What else stands in brackets behind a picture goldmark reads.
func (l *lexer) sizedPicture() bool {
	if !strings.HasPrefix(l.in[l.at:], "![") {
		return false
	}
	text, after := l.bracketed(l.at + 2)
	if after < 0 || after >= len(l.in) || l.in[after] != '(' {
		return false
	}
	target := l.ahead(after+1, 1000)
	n := strings.IndexByte(target, ')')
	size := strings.LastIndexByte(target[:max(n, 0)], '=')
	if n < 0 || size < 1 || target[size-1] != ' ' || size+1 == n || strings.Trim(target[size+1:n], "0123456789x%*") != "" {
		return false
	}
	l.token(html.EscapeString(text), after+1+n+1)
	return true
}

// span handles [text]{.class #id key=value}, text with attributes.
func (l *lexer) span() bool {
	if l.mdx || l.at > 0 && (isAlnum(l.in[l.at-1]) || l.in[l.at-1] == ']') {
		return false
	}
	text, after := l.bracketed(l.at + 1)
	if after < 0 || strings.TrimSpace(text) == "" || after >= len(l.in) || l.in[after] != '{' {
		return false
	}
	n := attributeList(l.in[after:])
	if n == 0 {
		return false
	}
	l.token("<span>", l.at+1)
	l.within(text)
	l.at = after - 1
	l.token("</span>", after+n)
	return true
}

// blockID takes out the name that Obsidian gives a block at its end, ^37066d.
func (l *lexer) blockID() bool {
	if l.mdx || l.at == 0 || l.in[l.at-1] != ' ' && l.in[l.at-1] != '\n' {
		return false
	}
	name := nameAt(l.in[l.at+1:])
	end := l.at + 1 + len(name)
	if len(name) < 3 || !l.endsLine(end) || strings.IndexFunc(name, unicode.IsLetter) < 0 || strings.ContainsAny(name, ".:_") {
		return false
	}
	l.token("", end)
	return true
}
