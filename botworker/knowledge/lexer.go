package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A page passes through four steps, so that what the bot knows is what a reader of the
// built page sees:
//
//	lexer       replaces what the site's builder would (templates, components, admonitions)
//	            by tokens that Markdown does not interpret
//	goldmark    Markdown to HTML
//	x/net/html  HTML to a tree
//	viewer      the visible part of the tree, written as plain Markdown

// The lexer's tokens are characters of the private use area between two brackets that no
// page uses, all of which are taken out of every page first. A token is tokenStart, its
// number in tokenDigit characters, and tokenEnd. It begins and ends with punctuation, as
// what it stands for does: whether "**" beside it is a mark depends on that.
const (
	hole       = '\uE000' // a value that only the site's builder knows
	tokenStart = '\u2E5B'
	tokenEnd   = '\u2E5C'
	tokenDigit = '\uE010'
)

// standIn is what a token stands for: a piece of the page that the builder replaces.
type standIn struct {
	html   string // what the page shows instead
	source string // how it is written, for a place where it turns out to be code
}

// box is an open component, admonition or tab: its content is indented.
type box struct {
	name    string // of the component; empty for an admonition, which ends with its indentation
	element string // the HTML element that stands for it
	base    int    // the indentation of its first line
	content int    // the indentation of its content; -1 as long as that is not known
}

// lexer replaces the parts of a page that are not Markdown.
type lexer struct {
	in     string
	at     int
	out    strings.Builder
	tokens []standIn
	mdx    bool // components and expressions in braces

	open    []box
	html    int             // how many lists and tables of HTML are open
	htmlAt  int             // the indentation of the outermost
	inHTML  int             // the indentation of the HTML block that the line is in, or -1
	ends    map[string]bool // names of end tags in the page: "/x" for HTML, "endx", "{/x" for Hugo
	labels  map[string]bool // of the page's links
	budget  int             // bytes that may still be looked ahead at
	omitted bool            // parts that stand under a condition were left out
	depth   int             // of directives in directives
	part    bool            // the text is a part of a line
}

// lex prepares a page's text for the Markdown parser.
func lex(text string, mdx bool) *lexer { return lexAt(0, text, mdx, labelsOf(text)) }

// lexAt lexes a text within others, whose links have these labels.
func lexAt(depth int, text string, mdx bool, labels map[string]bool) *lexer {
	l := &lexer{in: text, mdx: mdx || usesModules(text), inHTML: -1, labels: labels, budget: 200*len(text) + 10_000, depth: depth}
	l.ends = endTags(text)
	l.run()
	for len(l.open) > 0 {
		l.pop()
	}
	return l
}

func endTags(text string) map[string]bool {
	ends := map[string]bool{}
	add := func(open, prefix string) {
		rest := text
		for {
			_, after, found := strings.Cut(rest, open)
			if !found {
				return
			}
			rest = after
			name := nameAt(strings.TrimLeft(after, " \t-"))
			if open == "{%" && !strings.HasPrefix(name, "end") {
				continue
			}
			if open == "{{" {
				trimmed := strings.TrimLeft(strings.TrimLeft(after, "<%"), " \t")
				if !strings.HasPrefix(trimmed, "/") {
					continue
				}
				name = nameAt(strings.TrimLeft(trimmed[1:], " \t"))
			}
			ends[prefix+name] = true
		}
	}
	add("</", "/")
	add("{%", "")
	add("{{", "{/")
	return ends
}

// nameAt returns the name that s begins with.
func nameAt(s string) string {
	n := 0
	for n < len(s) && n < 80 && (s[n] == '_' || s[n] == '-' || s[n] == '.' || s[n] == ':' || isAlnum(s[n])) {
		n++
	}
	return s[:n]
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// token writes a token that stands for the HTML, and skips its source up to end.
func (l *lexer) token(html string, end int) {
	l.put(html, l.in[l.at:end])
	l.at = end
}

func (l *lexer) put(html, source string) {
	l.out.WriteRune(tokenStart)
	for _, d := range itoa(len(l.tokens)) {
		l.out.WriteRune(tokenDigit + d - '0')
	}
	l.out.WriteRune(tokenEnd)
	l.tokens = append(l.tokens, standIn{html, source})
}

// hole stands for a value that is not known. On a line of its own it is nothing: what
// comes from elsewhere is simply not part of this page.
func (l *lexer) hole(end int) {
	if l.alone(end) {
		l.token("", end)
		return
	}
	l.token(string(hole), end)
}

// alone reports whether nothing else stands on the lines of what begins here.
func (l *lexer) alone(end int) bool { return !l.part && l.startsLine() && l.endsLine(end) }

func (l *lexer) startsLine() bool {
	for i := l.at - 1; i >= 0 && l.in[i] != '\n'; i-- {
		if strings.IndexByte(" \t>", l.in[i]) < 0 {
			return false
		}
	}
	return true
}

func (l *lexer) endsLine(end int) bool {
	for i := end; i < len(l.in) && l.in[i] != '\n'; i++ {
		if l.in[i] != ' ' && l.in[i] != '\t' {
			return false
		}
	}
	return true
}

// ahead returns what follows on the line, at most n bytes of it.
func (l *lexer) ahead(from, n int) string {
	rest := l.in[min(from, len(l.in)):min(len(l.in), from+n)]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		return rest[:i]
	}
	return rest
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// look takes n bytes from what may be looked ahead at, and reports whether there were as
// many: a page that is made to be slow is read with fewer substitutions instead.
func (l *lexer) look(n int) bool {
	l.budget -= n
	return l.budget > 0
}

// find returns where s stands next, or -1.
func (l *lexer) find(s string, from int) int {
	if from > len(l.in) || l.budget <= 0 {
		return -1
	}
	i := strings.Index(l.in[from:], s)
	if i < 0 {
		l.look(len(l.in) - from)
		return -1
	}
	l.look(i)
	return from + i
}

func (l *lexer) copyTo(end int) {
	l.out.WriteString(l.in[l.at:end])
	l.at = end
}

func (l *lexer) run() {
	for l.at < len(l.in) {
		if l.at == 0 || l.in[l.at-1] == '\n' {
			if l.line() {
				continue
			}
		}
		l.inline()
	}
}

func lineEnd(s string, at int) int {
	if i := strings.IndexByte(s[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(s)
}

func width(space string) int {
	n := 0
	for _, c := range space {
		if c == '\t' {
			n += 4 - n%4
		} else {
			n++
		}
	}
	return n
}

// inList reports whether the last line that is not indented began a list item.
func (l *lexer) inList() bool {
	for at := l.at; at > 0; {
		start := strings.LastIndexByte(l.in[:at-1], '\n') + 1
		line := l.in[start:at]
		if !l.look(len(line)) {
			return false
		}
		if t := strings.TrimLeft(line, " \t>"); strings.TrimSpace(t) != "" && len(line)-len(t) < 4 {
			return listMark(t) > 0
		}
		at = start
	}
	return false
}

// listMark returns the length of the list mark that s begins with, or 0.
func listMark(s string) int {
	n := 0
	for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	switch {
	case n == 0 && s != "" && strings.IndexByte("-*+", s[0]) >= 0:
		n = 1
	case n > 0 && n < len(s) && (s[n] == '.' || s[n] == ')'):
		n++
	default:
		return 0
	}
	if n < len(s) && (s[n] == ' ' || s[n] == '\t') {
		return n + 1
	}
	return 0
}

// within lexes a text that stands apart from the page's lines.
func (l *lexer) within(text string) {
	inner := &lexer{in: text, part: true, mdx: l.mdx, ends: l.ends, labels: l.labels, inHTML: -1, tokens: l.tokens, budget: l.budget}
	for inner.at < len(inner.in) {
		inner.inline()
	}
	for len(inner.open) > 0 {
		inner.pop()
	}
	l.tokens, l.budget = inner.tokens, inner.budget
	l.out.WriteString(inner.out.String())
}

// nest writes what another lexer made, with its tokens renumbered.
func (l *lexer) nest(inner *lexer) {
	l.omitted = l.omitted || inner.omitted
	eachToken(inner.out.String(), func(text string) { l.out.WriteString(text) }, func(n int) {
		if n < len(inner.tokens) {
			l.put(inner.tokens[n].html, inner.tokens[n].source)
		}
	})
}

// eachToken calls the functions for the texts between tokens and for the tokens.
func eachToken(s string, text func(string), number func(int)) {
	for {
		i := strings.IndexRune(s, tokenStart)
		if i < 0 {
			text(s)
			return
		}
		text(s[:i])
		s = s[i+utf8.RuneLen(tokenStart):]
		n := 0
		for s != "" {
			r, size := utf8.DecodeRuneInString(s)
			if r == tokenEnd {
				s = s[size:]
				break
			}
			if r < tokenDigit || r > tokenDigit+9 {
				break
			}
			n = n*10 + int(r-tokenDigit)
			s = s[size:]
		}
		number(n)
	}
}

// withoutPrivate takes out the characters that tokens are made of.
func withoutPrivate(text string) string {
	if strings.IndexFunc(text, private) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if private(r) {
			return ' '
		}
		return r
	}, text)
}

func private(r rune) bool { return r == tokenStart || r == tokenEnd || unicode.Is(unicode.Co, r) }
