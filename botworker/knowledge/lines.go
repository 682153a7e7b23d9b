package knowledge

import (
	"html"
	"strings"
)

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
	if l.html > 0 {
		keep = min(keep, l.htmlAt)
	}
	body := strings.TrimSpace(text)
	if title, name, ok := admonition(body); ok && (keep < 4 || len(l.open) > 0 || l.inList()) {
		l.at = end
		l.openBlock(box{base: indent, content: indent + 4, element: "div"}, keep, name, title)
		return true
	}
	if text[0] == '>' && keep < 4 && l.quote(keep) {
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

// quote handles a quote that has admonitions, tabs or containers in it: what is quoted is
// lexed as a page of its own.
func (l *lexer) quote(keep int) bool {
	var inner strings.Builder
	boxes := false
	end := l.at
	for end < len(l.in) {
		next := lineEnd(l.in, end)
		line := strings.TrimLeft(l.in[end:next], " \t")
		if !strings.HasPrefix(line, ">") || !l.look(len(line)) {
			break
		}
		line = strings.TrimPrefix(line[1:], " ")
		if _, _, ok := admonition(strings.TrimSpace(line)); ok || strings.HasPrefix(line, ":::") {
			boxes = true
		}
		inner.WriteString(line)
		end = next
	}
	if !boxes || l.depth >= 8 {
		return false
	}
	in := lexAt(l.depth+1, inner.String(), l.mdx, l.labels)
	pad := strings.Repeat(" ", keep)
	quoted := pad + "> " + strings.ReplaceAll(strings.TrimRight(in.out.String(), "\n"), "\n", "\n"+pad+"> ") + "\n"
	in.out.Reset()
	in.out.WriteString(quoted)
	l.nest(in)
	l.at = end
	return true
}

// colons handles the lines of ":::" containers.
func (l *lexer) colons(line string, keep, end int) bool {
	rest := strings.TrimSpace(strings.TrimLeft(line, ":"))
	if strings.HasSuffix(rest, ":::") || strings.HasSuffix(nameAt(rest), "-end") { // on one line, as a picture
		l.at = end
		l.out.WriteByte('\n')
		return true
	}
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
	if strings.Contains(title, `="`) {
		title, after = "", title // attributes without braces
	}
	if a := attribute(after, "title"); a != "" {
		title = a
	}
	switch strings.ToLower(kind) {
	case "code-group", "tabs", "tab-set", "raw", "v-pre", "grid", "toctree", "include", "container", "columns", "column", "col", "div", "section":
		title = ""
	}
	l.at = end + optionsLength(l.in[end:])
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
	case lower == `\newpage`, lower == `\pagebreak`, lower == `\clearpage`: // of Pandoc
	case strings.HasPrefix(line, "*[") && strings.Contains(line, "]:"):
	case strings.HasPrefix(line, "--8<--"), strings.HasPrefix(line, "-8<-"):
		if strings.Trim(line, "-8<") == "" { // a block of file names
			if i := l.find(line, end); i > 0 {
				end = lineEnd(l.in, i)
			}
		}
	case strings.HasPrefix(lower, "[!include"), strings.HasPrefix(lower, "[!video"), strings.HasPrefix(lower, "[!code"), strings.HasPrefix(lower, "[!div"):
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
