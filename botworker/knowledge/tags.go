package knowledge

import (
	"html"
	"strings"
	"unicode/utf8"
)

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
	if strings.HasPrefix(rest, "<%") { // ERB, EJS
		to := l.find("%>", l.at+2)
		if to < 0 || to-l.at > 2000 {
			return false
		}
		l.hole(to + 2)
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
		l.nestHTML(t, name)
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

// indentedHTML are elements whose content is usually indented, also below an empty line.
var indentedHTML = set("table ul ol dl")

func (l *lexer) nestHTML(t tag, name string) {
	switch {
	case !indentedHTML[name] || !l.ends["/"+t.name] || t.selfClosing:
	case t.closing:
		l.html = max(0, l.html-1)
	case l.html > 0:
		l.html++
	case l.startsLine():
		l.html = 1
		start := strings.LastIndexByte(l.in[:l.at], '\n') + 1
		indent := width(l.in[start:l.at])
		l.htmlAt = max(0, indent-l.strip(indent))
	}
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
