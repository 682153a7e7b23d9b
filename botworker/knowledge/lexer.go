package knowledge

import (
	"html"
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

// The lexer's tokens are characters of the private use area, which are taken out of every
// page first. A token is tokenStart, its number in tokenDigit characters, and tokenEnd.
const (
	hole       = '\uE000' // a value that only the site's builder knows
	tokenStart = '\uE001'
	tokenEnd   = '\uE002'
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
	inHTML  int             // the indentation of the HTML block that the line is in, or -1
	ends    map[string]bool // names of end tags in the page: "/x" for HTML, "endx", "{/x" for Hugo
	budget  int             // bytes that may still be looked ahead at
	omitted bool            // parts that stand under a condition were left out
	depth   int             // of directives in directives
}

// lex prepares a page's text for the Markdown parser.
func lex(text string, mdx bool) *lexer { return lexAt(0, text, mdx) }

func lexAt(depth int, text string, mdx bool) *lexer {
	l := &lexer{in: text, mdx: mdx || usesModules(text), inHTML: -1, budget: 200*len(text) + 10_000, depth: depth}
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
func (l *lexer) alone(end int) bool { return l.startsLine() && l.endsLine(end) }

func (l *lexer) startsLine() bool {
	start := strings.LastIndexByte(l.in[:l.at], '\n') + 1
	return strings.Trim(l.in[start:l.at], " \t>") == ""
}

func (l *lexer) endsLine(end int) bool {
	rest, _, _ := strings.Cut(l.in[end:], "\n")
	return strings.TrimSpace(rest) == ""
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

// line handles what is special at the beginning of a line, and reports whether it has
// taken the line.
func (l *lexer) line() bool {
	end := lineEnd(l.in, l.at)
	line := l.in[l.at:end]
	text := strings.TrimLeft(line, " \t")
	if strings.TrimSpace(text) == "" {
		l.inHTML = -1
		l.copyTo(end)
		return true
	}
	indent := width(line[:len(line)-len(text)])
	l.leave(indent)
	keep := indent - l.strip(indent)
	if l.inHTML >= 0 {
		keep = min(keep, l.inHTML)
	}
	body := strings.TrimSpace(text)
	if title, name, ok := admonition(body); ok && (keep < 4 || len(l.open) > 0 || l.inList()) {
		l.at = end
		l.openBlock(box{base: indent, content: indent + 4, element: "div"}, keep, name, title)
		return true
	}
	if strings.HasPrefix(text, ":::") && l.colons(body, keep, end) {
		return true
	}
	if l.dropsLine(body, end) {
		return true
	}
	if l.mdx && indent == 0 {
		if to := module(l.in, l.at, l); to > 0 {
			l.at = to
			return true
		}
	}
	if mark, prefix := fenceAt(text); mark != "" && (l.mdx || keep < 4 || len(l.open) > 0 || l.inList()) {
		l.fence(mark, prefix, keep, indent)
		return true
	}
	l.at += len(line) - len(text)
	l.out.WriteString(strings.Repeat(" ", keep))
	return false
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

// strip returns how much of the indentation belongs to open containers.
func (l *lexer) strip(indent int) int {
	n := 0
	for i := range l.open {
		c := &l.open[i]
		if c.content < 0 {
			c.content = max(indent, c.base)
		}
		if indent >= c.content {
			n += c.content - c.base
		} else if c.name != "" {
			n += max(0, indent-c.base)
			break
		}
	}
	return min(n, indent)
}

// leave closes the admonitions that a line with this indentation is not part of.
func (l *lexer) leave(indent int) {
	for i, c := range l.open {
		if c.name == "" && indent < c.content {
			for len(l.open) > i {
				l.pop()
			}
			return
		}
	}
}

// pop closes the innermost container.
func (l *lexer) pop() {
	c := l.open[len(l.open)-1]
	l.open = l.open[:len(l.open)-1]
	if c.name != "" {
		l.put("</"+c.element+">", "")
		return
	}
	l.out.WriteString("\n\n" + strings.Repeat(" ", c.base-l.strip(c.base)))
	l.put("</"+c.element+">", "")
	l.out.WriteString("\n\n")
}

// openBlock opens a container with a title, which is Markdown.
func (l *lexer) openBlock(c box, keep int, kind, title string) {
	if title == "" && weighty[strings.ToLower(kind)] {
		title = strings.ToUpper(kind[:1]) + strings.ToLower(kind[1:])
	}
	pad := strings.Repeat(" ", keep)
	l.out.WriteString("\n" + pad)
	l.put("<"+c.element+">", "")
	if title != "" {
		l.put("<div lead>", "")
		l.within(title)
		l.put("</div>", "")
	}
	l.out.WriteString("\n\n")
	if len(l.open) < 50 {
		l.open = append(l.open, c)
	}
}

// within lexes a text that stands apart from the page's lines.
func (l *lexer) within(text string) {
	inner := &lexer{in: text, mdx: l.mdx, ends: l.ends, inHTML: -1, tokens: l.tokens, budget: l.budget}
	for inner.at < len(inner.in) {
		inner.inline()
	}
	for len(inner.open) > 0 {
		inner.pop()
	}
	l.tokens, l.budget = inner.tokens, inner.budget
	l.out.WriteString(inner.out.String())
}

// weighty are kinds of admonitions whose name is shown if they have no title: it says how
// much they matter.
var weighty = map[string]bool{"warning": true, "danger": true, "caution": true, "important": true, "attention": true, "error": true, "deprecated": true}

// admonition reads the first line of an admonition or a tab of Material for MkDocs.
func admonition(line string) (title, kind string, ok bool) {
	mark, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch mark {
	case "!!!", "???", "???+":
		kind = nameAt(rest)
		if kind == "" {
			return "", "", false
		}
	case "===", "===!", "===+":
		if !strings.HasPrefix(rest, `"`) && !strings.HasPrefix(rest, `'`) {
			return "", "", false
		}
	default:
		return "", "", false
	}
	if i := strings.IndexAny(rest, `"'`); i >= 0 {
		if j := strings.LastIndexByte(rest, rest[i]); j > i {
			title = strings.TrimSpace(rest[i+1 : j])
		} else {
			return "", "", false
		}
		if title == "" {
			kind = "" // an empty title: none is shown
		}
	}
	return title, kind, true
}

// colons handles the lines of ":::" containers.
func (l *lexer) colons(line string, keep, end int) bool {
	rest := strings.TrimSpace(strings.TrimLeft(line, ":"))
	pad := strings.Repeat(" ", keep)
	if rest == "" {
		l.at = end
		for i := len(l.open) - 1; i >= 0; i-- {
			if l.open[i].name == ":::" {
				l.out.WriteString("\n" + pad)
				for len(l.open) > i {
					l.pop()
				}
				l.out.WriteString("\n\n")
				break
			}
		}
		return true
	}
	kind := nameAt(strings.TrimLeft(rest, "{. "))
	if kind == "" {
		return false
	}
	title := ""
	after := strings.TrimSpace(strings.TrimLeft(rest, "{. ")[len(kind):])
	switch {
	case strings.HasPrefix(after, "["):
		title, after, _ = strings.Cut(after[1:], "]")
	case strings.HasPrefix(after, "}"):
		title, after = strings.TrimSpace(after[1:]), ""
	case !strings.HasPrefix(after, "{") && !strings.HasPrefix(rest, "{"):
		title, after = after, ""
		if before, attributes, ok := strings.Cut(title, "{"); ok && strings.HasSuffix(attributes, "}") {
			title, after = strings.TrimSpace(before), "{"+attributes
		}
	}
	if a := attribute(after, "title"); a != "" {
		title = a
	}
	switch strings.ToLower(kind) {
	case "code-group", "tabs", "tab-set", "raw", "v-pre", "grid", "toctree", "include", "container", "columns", "column", "col", "div", "section":
		title = ""
	}
	l.at = end
	l.openBlock(box{name: ":::", element: "div", base: keep, content: keep}, keep, kind, title)
	l.strip(keep)
	return true
}

// attribute returns the value of name="…" in a list of attributes.
func attribute(list, name string) string {
	for _, quote := range []string{`"`, `'`} {
		if _, after, ok := strings.Cut(list, name+"="+quote); ok {
			if value, _, ok := strings.Cut(after, quote); ok {
				return html.UnescapeString(value)
			}
		}
	}
	return ""
}

// dropsLine takes lines that the builder replaces by what is not on this page: snippets,
// tables of contents, abbreviations.
func (l *lexer) dropsLine(line string, end int) bool {
	lower := strings.ToLower(line)
	switch {
	case lower == "[toc]", lower == "[[toc]]", lower == "[[_toc_]]", lower == "@[toc]", lower == "${toc}", lower == "{:toc}", lower == "{{toc}}", lower == "<!-- toc -->":
	case strings.HasPrefix(line, "*[") && strings.Contains(line, "]:"):
	case strings.HasPrefix(line, "--8<--"), strings.HasPrefix(line, "-8<-"):
		if strings.Trim(line, "-8<") == "" { // a block of file names
			if i := l.find(line, end); i > 0 {
				end = lineEnd(l.in, i)
			}
		}
	case strings.HasPrefix(line, "<<<") && len(line) > 4 && strings.ContainsAny(line[3:], "./@"):
	case listMark(line) > 0 && strings.EqualFold(strings.TrimSpace(line[listMark(line):]), "toc"):
		next := strings.TrimSpace(l.in[end:lineEnd(l.in, end)])
		if !strings.HasPrefix(next, "{:") {
			return false
		}
	default:
		return false
	}
	l.at = end
	l.out.WriteByte('\n')
	return true
}

// fenceAt returns the fence that a line begins with, below quotes and list marks, and
// what stands before it.
func fenceAt(line string) (mark, prefix string) {
	rest := line
	for range 20 {
		t := strings.TrimLeft(rest, " \t>")
		if n := listMark(t); n > 0 {
			t = t[n:]
		} else if t == rest {
			break
		}
		rest = t
	}
	for _, c := range "`~" {
		n := len(rest) - len(strings.TrimLeft(rest, string(c)))
		if n >= 3 && (c == '~' || !strings.Contains(strings.TrimRight(rest[n:], "\n"), "`")) {
			return rest[:n], line[:len(line)-len(rest)]
		}
	}
	return "", ""
}

// fence copies a block of code. Nothing in it is replaced, apart from the marks that make
// builders leave it alone.
func (l *lexer) fence(mark, prefix string, keep, indent int) {
	info := strings.TrimSpace(l.in[l.at:lineEnd(l.in, l.at)])
	info = strings.TrimSpace(info[strings.Index(info, mark)+len(mark):])
	quoted := strings.Contains(prefix, ">")
	start := lineEnd(l.in, l.at)
	end, after := len(l.in), len(l.in)
	for at := start; at < len(l.in); {
		to := lineEnd(l.in, at)
		line := strings.TrimSpace(l.in[at:to])
		if quoted {
			if !strings.HasPrefix(line, ">") {
				end, after = at, at
				break
			}
			line = strings.TrimLeft(line, "> ")
		}
		if len(line) >= len(mark) && strings.Trim(line, mark[:1]) == "" {
			end, after = at, to
			break
		}
		at = to
	}
	if name := nameAt(strings.TrimPrefix(info, "{")); strings.HasPrefix(info, "{") && name != "" && !notText[strings.ToLower(name)] && strings.HasPrefix(info[1+len(name):], "}") && l.depth < 8 {
		title := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(info, "{"+name), "}"))
		text := l.in[start:end]
		l.at = after
		l.openBlock(box{name: mark, element: "div", base: indent, content: indent}, keep, name, title)
		inner := lexAt(l.depth+1, dropOptions(text), l.mdx)
		l.nest(inner)
		l.open = l.open[:len(l.open)-1]
		l.out.WriteString("\n\n")
		l.put("</div>", "")
		l.out.WriteString("\n\n")
		return
	}
	if title := attribute(info, "title"); title != "" {
		l.out.WriteString("\n" + strings.Repeat(" ", keep))
		l.put("<div lead>"+html.EscapeString(title)+"</div>", "")
		l.out.WriteString("\n\n")
	}
	for at := l.at; at < after; {
		to := lineEnd(l.in, at)
		line := l.in[at:to]
		text := strings.TrimLeft(line, " \t")
		n := width(line[:len(line)-len(text)])
		if strings.TrimSpace(text) != "" {
			l.out.WriteString(strings.Repeat(" ", max(0, n-min(indent-keep, n))))
		}
		if at > l.at && at < end {
			text = codeMarks.Replace(text)
		}
		l.out.WriteString(text)
		at = to
	}
	l.at = after
}

// codeMarks take out what makes builders leave code alone.
var codeMarks = strings.NewReplacer("{% raw %}", "", "{% endraw %}", "", "{%- raw -%}", "", "{%- endraw -%}", "",
	"{{</*", "{{<", "*/>}}", ">}}", "{{%/*", "{{%", "*/%}}", "%}}")

// notText are blocks in braces, as MyST and R Markdown write them, whose content is not
// Markdown. That of all others is, such as a note's.
var notText = set(`r python julia bash sh sql js ojs d3 stan rcpp css code code-block code-cell sourcecode highlight parsed-literal literalinclude include math raw eval-rst
	image figure toctree contents tableofcontents list-table csv-table table mermaid graphviz dot plantuml bibliography automodule autoclass autofunction autosummary index`)

// dropOptions takes out the options at the top of a directive.
func dropOptions(text string) string {
	for strings.HasPrefix(text, ":") {
		text = text[lineEnd(text, 0):]
	}
	return text
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

func private(r rune) bool { return unicode.Is(unicode.Co, r) }
