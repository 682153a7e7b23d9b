package knowledge

import (
	"html"
	"strings"
)

// brace handles what stands in braces: templates, attribute lists, editing marks, and, in
// MDX, expressions.
func (l *lexer) brace() bool {
	rest := l.in[l.at:]
	switch {
	case strings.HasPrefix(rest, "{{<"), strings.HasPrefix(rest, "{{%"):
		return l.shortcode()
	case strings.HasPrefix(rest, "{{"):
		return l.variable()
	case strings.HasPrefix(rest, "{%"):
		return l.liquid()
	case strings.HasPrefix(rest, "{::"):
		return l.kramdown()
	}
	if l.role() {
		return true
	}
	for _, m := range []struct {
		open, end string
		shown     func(string) string
	}{
		{"{--", "--}", nothing}, {"{>>", "<<}", nothing}, {"{++", "++}", html.EscapeString}, {"{==", "==}", html.EscapeString},
		{"{~~", "~~}", func(s string) string {
			_, new, _ := strings.Cut(s, "~>")
			return html.EscapeString(new)
		}},
		{"{/*", "*/}", nothing},
	} {
		if strings.HasPrefix(rest, m.open) {
			if to := l.find(m.end, l.at+len(m.open)); to > 0 {
				l.token(m.shown(l.in[l.at+len(m.open):to]), to+len(m.end))
				return true
			}
		}
	}
	if n := attributeList(rest); n > 0 && l.attributesBelongHere(n) {
		l.token("", l.at+n)
		return true
	}
	if strings.HasPrefix(rest, "{#") { // a comment of Jinja
		if to := l.find("#}", l.at+2); to > 0 {
			l.token("", to+2)
			return true
		}
	}
	if l.mdx {
		if end := l.braces(l.at); end > 0 {
			inner := strings.TrimSpace(l.in[l.at+1 : end-1])
			if text, ok := literalValue(inner); ok {
				l.token(html.EscapeString(text), end)
			} else if strings.HasPrefix(inner, "/*") && strings.HasSuffix(inner, "*/") || inner == "" || strings.HasPrefix(inner, "//") {
				l.token("", end)
			} else {
				l.hole(end)
			}
			return true
		}
	}
	return false
}

func nothing(string) string { return "" }

// attributesBelongHere reports whether an attribute list of n bytes belongs to what is
// before it: a heading, a link, a paragraph. Elsewhere braces are text.
func (l *lexer) attributesBelongHere(n int) bool {
	if l.at == 0 || l.endsLine(l.at+n) {
		return true
	}
	return strings.IndexByte(")]*_`\"~>", l.in[l.at-1]) >= 0 || strings.HasPrefix(l.in[l.at:], "{:")
}

// attributeList returns the length of the list of attributes that s begins with, such as
// { .class #id key="value" } or {: target="_blank" }, or 0.
func attributeList(s string) int {
	if !strings.HasPrefix(s, "{") {
		return 0
	}
	at := 1
	if at < len(s) && s[at] == ':' {
		at++
	}
	colon := at == 2
	found := false
	for at < len(s) && at < 500 {
		switch c := s[at]; {
		case c == '}':
			if found || colon {
				return at + 1
			}
			return 0
		case c == ' ':
			at++
		case c == '.' || c == '#':
			n := len(nameAt(s[at+1:]))
			if n == 0 {
				return 0
			}
			found, at = true, at+1+n
		default:
			n := len(nameAt(s[at:]))
			if n == 0 {
				return 0
			}
			at += n
			if at >= len(s) || s[at] != '=' {
				if !colon {
					return 0
				}
				continue
			}
			at++
			if at < len(s) && (s[at] == '"' || s[at] == '\'') {
				to := strings.IndexByte(s[at+1:min(len(s), at+500)], s[at])
				if to < 0 {
					return 0
				}
				at += to + 2
			} else {
				for at < len(s) && s[at] != ' ' && s[at] != '}' && s[at] != '\n' {
					at++
				}
			}
			found = true
		}
	}
	return 0
}

// kramdown handles {::comment}…{:/comment} and {::nomarkdown}.
func (l *lexer) kramdown() bool {
	end := l.find("}", l.at)
	if end < 0 {
		return false
	}
	end++
	name := nameAt(l.in[l.at+3:])
	name, _, _ = strings.Cut(name, ":")
	if name == "comment" && l.in[end-2] != '/' {
		if to := l.find("{:/", end); to > 0 {
			if close := l.find("}", to); close > 0 {
				end = close + 1
			}
		}
	}
	l.token("", end)
	return true
}

// variable handles {{ … }}.
func (l *lexer) variable() bool {
	from := l.at + 2
	ends := "}}"
	if strings.HasPrefix(l.in[from:], "{") {
		from, ends = from+1, "}}}"
	}
	if strings.HasPrefix(l.in[from:], "!--") {
		ends = "--}}"
	}
	to := l.find(ends, from)
	if to < 0 || to-from > 2000 {
		return false
	}
	inner := strings.TrimSpace(strings.Trim(l.in[from:to], "-"))
	end := to + len(ends)
	switch {
	case strings.HasPrefix(inner, "!"), strings.HasPrefix(inner, "/*"), strings.HasPrefix(inner, "#"), strings.HasPrefix(inner, "/"):
		l.token("", end) // a comment, or a block of Handlebars
	default:
		if text, ok := literalValue(inner); ok {
			l.token(html.EscapeString(text), end)
		} else {
			l.hole(end)
		}
	}
	return true
}

// literalValue returns the text of an expression that is a constant.
func literalValue(s string) (string, bool) {
	if s == "" {
		return "", false
	}
	if len(s) >= 2 && strings.IndexByte("\"'`", s[0]) >= 0 && s[len(s)-1] == s[0] {
		inner := s[1 : len(s)-1]
		if strings.IndexByte(inner, s[0]) < 0 && !strings.Contains(inner, "${") && !strings.Contains(inner, `\`) {
			return inner, true
		}
		return "", false
	}
	if strings.Trim(s, "0123456789.") == "" && s[0] != '.' {
		return s, true
	}
	return "", false
}
