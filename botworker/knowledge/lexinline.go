package knowledge

import (
	"html"
	"strings"
	"unicode"
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
		handled = l.wiki() || l.sizedPicture() || (c == '[' || strings.HasPrefix(l.in[l.at:], "![")) && l.reference() || c == '[' && l.span()
	case '%':
		handled = l.between("%%", "%%", func(string) string { return "" })
	case '+':
		handled = l.keys()
	case '=':
		handled = l.marked("==")
	case '^':
		handled = l.marked("^^") || l.raised('^', "sup") || l.blockID()
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
	line := l.ahead(from, 1000)
	to := strings.Index(line, mark)
	if to <= 0 || unicode.IsSpace(rune(line[0])) || unicode.IsSpace(rune(line[to-1])) || line[0] == mark[0] ||
		strings.HasPrefix(line[to+len(mark):], mark[:1]) {
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
	line := l.ahead(l.at+2, 100)
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
		if to := strings.IndexByte(l.ahead(end, 500), ']'); to > 0 {
			inner := l.in[end+1 : end+to]
			end += to + 1
			if end < len(l.in) && l.in[end] == '{' {
				if n := strings.IndexByte(l.ahead(end, 500), '}'); n > 0 {
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
	rest := l.ahead(from, 500)
	if mark == "$$" {
		rest, _, _ = strings.Cut(l.in[min(from, len(l.in)):min(len(l.in), from+2000)], "\n\n")
	}
	n := strings.Index(rest, mark)
	if n <= 0 {
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
	n := strings.Index(l.ahead(from, 500), "]]")
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
