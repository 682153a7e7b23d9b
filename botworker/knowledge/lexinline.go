package knowledge

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// inline handles what begins at the current character.
func (l *lexer) inline() {
	c := l.in[l.at]
	handled := false
	switch c {
	case '\\':
		l.copyTo(min(len(l.in), l.at+2))
		return
	case '`':
		l.code()
		return
	case '<':
		handled = l.angle()
	case '{':
		handled = l.brace()
	case '!', '[':
		handled = l.wiki()
	case '%':
		handled = l.between("%%", "%%", func(string) string { return "" })
	case '+':
		handled = l.keys()
	case '=':
		handled = l.marked("==")
	case '^':
		handled = l.marked("^^") || l.raised('^', "sup")
	case '~':
		handled = l.raised('~', "sub")
	case ':':
		handled = l.colon()
	case '$':
		handled = l.math()
	case '(':
		handled = l.annotation()
	}
	if handled {
		return
	}
	end := l.at + 1
	for end < len(l.in) && l.in[end-1] != '\n' && strings.IndexByte("\\`<{![%+=^~:$(", l.in[end]) < 0 {
		end++
	}
	if c == '\n' {
		end = l.at + 1
	}
	l.copyTo(end)
}

// code copies inline code as it is.
func (l *lexer) code() {
	rest := l.in[l.at:]
	n := len(rest) - len(strings.TrimLeft(rest, "`"))
	end := l.find("\n\n", l.at)
	if end < 0 {
		end = len(l.in)
	}
	for at := l.at + n; at < end && l.look(1); {
		i := strings.IndexByte(l.in[at:end], '`')
		if i < 0 {
			break
		}
		l.look(i)
		at += i
		run := len(l.in[at:]) - len(strings.TrimLeft(l.in[at:], "`"))
		if run == n {
			l.out.WriteString(codeMarks.Replace(l.in[l.at : at+n]))
			l.at = at + n
			return
		}
		at += run
	}
	l.copyTo(l.at + n)
}

// between replaces what stands between two marks on one line.
func (l *lexer) between(open, end string, html func(inner string) string) bool {
	if !strings.HasPrefix(l.in[l.at:], open) || l.at > 0 && isAlnum(l.in[l.at-1]) {
		return false
	}
	from := l.at + len(open)
	to := l.find(end, from)
	if to < 0 || to == from || strings.Contains(l.in[from:to], "\n\n") {
		return false
	}
	l.token(html(l.in[from:to]), to+len(end))
	return true
}

// marked takes the marks off ==highlighted== and ^^inserted^^ text.
func (l *lexer) marked(mark string) bool {
	if !strings.HasPrefix(l.in[l.at:], mark) {
		return false
	}
	from := l.at + len(mark)
	line := l.in[from:lineEnd(l.in, from)]
	to := strings.Index(line, mark)
	l.look(len(line))
	if to <= 0 || unicode.IsSpace(rune(line[0])) || unicode.IsSpace(rune(line[to-1])) || line[0] == mark[0] ||
		strings.HasPrefix(line[to+len(mark):], mark[:1]) || !l.look(len(line)) {
		return false
	}
	l.token("<span>", from)
	l.within(line[:to])
	l.at = from + to
	l.token("</span>", from+to+len(mark))
	return true
}

// raised handles 10^3^ and H~2~O.
func (l *lexer) raised(mark byte, element string) bool {
	if l.at == 0 || !isAlnum(l.in[l.at-1]) && l.in[l.at-1] != ')' {
		return false
	}
	rest := l.in[l.at+1 : min(len(l.in), l.at+12)]
	n := strings.IndexByte(rest, mark)
	if n <= 0 || strings.Trim(rest[:n], "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-") != "" || strings.HasPrefix(rest[n+1:], string(mark)) {
		return false
	}
	l.token("<"+element+">"+rest[:n]+"</"+element+">", l.at+n+2)
	return true
}

// keys handles ++ctrl+p++.
func (l *lexer) keys() bool {
	if !strings.HasPrefix(l.in[l.at:], "++") || l.at > 0 && (isAlnum(l.in[l.at-1]) || l.in[l.at-1] == '+') {
		return false
	}
	line := l.in[l.at+2 : min(lineEnd(l.in, l.at), l.at+100)]
	to := strings.Index(line, "++")
	if to <= 0 || strings.ContainsAny(line[:to], " \t\n") && !strings.Contains(line[:to], `"`) {
		return false
	}
	var names []string
	for key := range strings.SplitSeq(line[:to], "+") {
		if quoted := strings.Trim(key, `"`); quoted != key {
			names = append(names, quoted)
			continue
		}
		if key == "" || strings.Trim(strings.ToLower(key), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
		switch strings.ToLower(key) {
		case "cmd":
			key = "Cmd"
		case "ctrl", "control":
			key = "Ctrl"
		}
		key = strings.NewReplacer("-", " ", "_", " ").Replace(key)
		names = append(names, strings.ToUpper(key[:1])+key[1:])
	}
	l.token("<kbd>"+html.EscapeString(strings.Join(names, "+"))+"</kbd>", l.at+2+to+2)
	return true
}

// iconSets are the sets of icons of Material for MkDocs. An icon has no text.
var iconSets = []string{"material-", "fontawesome-", "octicons-", "simple-", "custom-"}

// colon handles icons (:material-truck:) and text directives (:abbr[HTML]{…}).
func (l *lexer) colon() bool {
	if l.at > 0 && (isAlnum(l.in[l.at-1]) || l.in[l.at-1] == ':') {
		return false
	}
	name := nameAt(l.in[l.at+1:])
	name, _, _ = strings.Cut(name, ":")
	end := l.at + 1 + len(name)
	if name == "" || end >= len(l.in) {
		return false
	}
	if l.in[end] == ':' {
		for _, set := range iconSets {
			if strings.HasPrefix(name, set) {
				end++
				if attributes := attributeList(l.in[end:]); attributes > 0 {
					end += attributes
				}
				l.token("", end)
				return true
			}
		}
	}
	if l.in[end] == '[' && l.in[l.at+1] >= 'a' && l.in[l.at+1] <= 'z' && l.mdx {
		if to := strings.IndexByte(l.in[end:lineEnd(l.in, end)], ']'); to > 0 {
			inner := l.in[end+1 : end+to]
			end += to + 1
			if end < len(l.in) && l.in[end] == '{' {
				if n := strings.IndexByte(l.in[end:lineEnd(l.in, end)], '}'); n > 0 {
					end += n + 1
				}
			}
			l.token(html.EscapeString(inner), end)
			return true
		}
	}
	return false
}

// math keeps a formula as it is: its marks are not emphasis.
func (l *lexer) math() bool {
	mark := "$"
	if strings.HasPrefix(l.in[l.at:], "$$") {
		mark = "$$"
	}
	from := l.at + len(mark)
	stop := l.find("\n\n", from)
	if stop < 0 {
		stop = len(l.in)
	}
	if mark == "$" {
		stop = min(stop, lineEnd(l.in, from))
	}
	n := strings.Index(l.in[from:stop], mark)
	l.look(stop - from)
	if n <= 0 || !l.look(0) {
		return false
	}
	inner, after := l.in[from:from+n], from+n+len(mark)
	if !strings.ContainsAny(inner, `\_^=*{`) || strings.Contains(inner, "${") {
		return false
	}
	if mark == "$" && (strings.TrimSpace(inner) != inner || after < len(l.in) && isAlnum(l.in[after])) {
		return false
	}
	l.token(html.EscapeString(mark+inner+mark), after)
	return true
}

// annotation takes out the mark of an annotation, (1)!, which the page shows as a button.
func (l *lexer) annotation() bool {
	rest := l.in[l.at+1:]
	n := 0
	for n < len(rest) && n < 3 && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n == 0 || !strings.HasPrefix(rest[n:], ")!") {
		return false
	}
	l.token("", l.at+1+n+2)
	return true
}

// wiki handles [[Page|text]] and ![[embedded page]].
func (l *lexer) wiki() bool {
	rest := l.in[l.at:]
	embed := strings.HasPrefix(rest, "![[")
	if !embed && !strings.HasPrefix(rest, "[[") {
		return false
	}
	from := l.at + 2
	if embed {
		from++
	}
	n := strings.Index(l.in[from:min(lineEnd(l.in, from), from+500)], "]]")
	if n <= 0 {
		return false
	}
	inner, after := l.in[from:from+n], from+n+2
	if strings.ContainsAny(inner, "[]") || strings.TrimSpace(inner) != inner || after < len(l.in) && l.in[after] == '(' {
		return false
	}
	if embed {
		l.hole(after)
		return true
	}
	page, text, named := strings.Cut(inner, "|")
	if !named {
		text = strings.TrimPrefix(strings.ReplaceAll(page, "#", " > "), " > ")
	}
	l.token(html.EscapeString(strings.TrimPrefix(text, `\`)), after)
	return true
}

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

// angle handles tags, comments and autolinks.
func (l *lexer) angle() bool {
	rest := l.in[l.at:]
	if strings.HasPrefix(rest, "<!--") {
		to := l.find("-->", l.at+4)
		if to < 0 {
			if !l.startsLine() {
				return false
			}
			to = len(l.in) - 3
		}
		l.token("", max(l.at, min(len(l.in), to+3)))
		return true
	}
	if strings.HasPrefix(rest, "<!") || strings.HasPrefix(rest, "<?") {
		return false
	}
	if n := autolinkLength(rest); n > 0 {
		l.copyTo(l.at + n)
		return true
	}
	t, ok := l.tag(l.at)
	if !ok {
		return false
	}
	name := strings.ToLower(t.name)
	switch {
	case unseen[name] && !t.component():
		l.unseenElement(t, name)
	case name == "pre" && !t.closing:
		end := len(l.in)
		if to := l.findFold("</pre", t.end); to > 0 {
			if close := l.find(">", to); close > 0 {
				end = close + 1
			}
		}
		if l.mdx {
			end = t.end
		}
		l.copyTo(end)
	case containers[name] && !t.component():
		l.containerTag(t, name)
	case knownElements[name] && !t.component():
		if t.braces || l.mdx && t.hidden {
			l.token(t.plainTag(), t.end)
		} else {
			l.copyTo(t.end)
		}
	case t.placeholder(l):
		l.token("&lt;", l.at+1)
	default:
		l.componentTag(t)
	}
	return true
}

// autolinkLength returns the length of the <https://…> that s begins with, or 0.
func autolinkLength(s string) int {
	n := strings.IndexAny(s[1:min(len(s), 2000)], "> \t\n<")
	if n <= 0 || s[n+1] != '>' {
		return 0
	}
	inner := s[1 : n+1]
	if strings.Contains(inner, "://") && isAlnum(inner[0]) || strings.HasPrefix(inner, "mailto:") ||
		strings.IndexByte(inner, '@') > 0 && !strings.ContainsAny(inner, `"'=`) && inner[0] != '/' {
		return n + 2
	}
	return 0
}

func (l *lexer) findFold(s string, from int) int {
	for at := from; ; {
		i := l.find("</", at)
		if i < 0 {
			return -1
		}
		if len(l.in)-i >= len(s) && strings.EqualFold(l.in[i:i+len(s)], s) {
			return i
		}
		at = i + 2
	}
}

// unseenElement drops an element that no reader sees, with its content.
func (l *lexer) unseenElement(t tag, name string) {
	end := t.end
	if !t.closing && !t.selfClosing {
		if to := l.findFold("</"+name, t.end); to > 0 {
			if close := l.find(">", to); close > 0 {
				end = close + 1
			}
		} else if name == "script" || name == "style" {
			end = len(l.in)
		}
	}
	l.token("", end)
}

// containerTag makes a block-level element transparent for Markdown.
func (l *lexer) containerTag(t tag, name string) {
	if !t.closing && !t.selfClosing && !l.mdx && l.startsLine() && l.inHTML < 0 {
		start := strings.LastIndexByte(l.in[:l.at], '\n') + 1
		l.inHTML = min(3, width(l.in[start:l.at]))
	}
	if l.mdx && l.startsLine() {
		l.flow(t, name)
		return
	}
	l.token(t.plainTag(), t.end)
}

// flow opens or closes a component that stands on lines of its own: the indentation of
// its content is not code.
func (l *lexer) flow(t tag, element string) {
	start := strings.LastIndexByte(l.in[:l.at], '\n') + 1
	base := width(l.in[start:l.at])
	switch {
	case t.closing:
		l.closeComponent(t)
	case t.selfClosing:
		l.token(t.lead(), t.end)
	default:
		l.token("<"+element+t.hiddenMark()+">"+t.lead(), t.end)
		if len(l.open) < 50 {
			l.open = append(l.open, box{name: "<" + t.name, element: element, base: base, content: -1})
		}
	}
}

func (l *lexer) closeComponent(t tag) {
	for i := len(l.open) - 1; i >= 0; i-- {
		if l.open[i].name == "<"+t.name {
			for len(l.open) > i+1 {
				l.pop()
			}
			l.open = l.open[:i]
			break
		}
	}
	element := "span"
	if l.startsLine() || l.endsLine(t.end) || containers[strings.ToLower(t.name)] {
		element = "div"
	}
	if containers[t.name] {
		element = t.name
	}
	l.token("</"+element+">", t.end)
}

// componentTag replaces a component by its children and the texts among its attributes.
func (l *lexer) componentTag(t tag) {
	switch {
	case t.closing:
		l.closeComponent(t)
	case t.selfClosing && !l.alone(t.end):
		if text := t.text(); text != "" {
			l.token(html.EscapeString(text), t.end)
		} else if t.decorative() {
			l.token("", t.end)
		} else {
			l.token(string(hole), t.end)
		}
	case l.startsLine():
		l.flow(t, "div")
	default:
		l.token("<span"+t.hiddenMark()+">", t.end)
	}
}

// unseen are elements whose content no reader sees as text.
var unseen = set("script style template noscript svg iframe object embed canvas audio video head")

// containers are block-level elements in which Markdown goes on.
var containers = set("address article aside blockquote body center details dialog div fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup html legend main nav p search section summary")

// knownElements are the other elements of HTML. Anything else in angle brackets, such as
// <package>, is a placeholder, if it isn't a component.
var knownElements = set(`a abbr acronym area b base basefont bdi bdo big br button caption cite code col colgroup data datalist dd del dfn dir dl dt em
	font frame frameset hr i img input ins kbd label li link map mark marquee math menu meta meter nobr ol optgroup option output param picture pre
	progress q rp rt ruby s samp select slot small source span strike strong sub sup table tbody td textarea tfoot th thead time title tr track tt u ul var wbr
	annotation mi mn mo mrow ms mspace mtext semantics msup msub mfrac msqrt`)

func set(names string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		m[name] = true
	}
	return m
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
