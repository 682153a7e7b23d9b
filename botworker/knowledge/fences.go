package knowledge

import (
	"html"
	"regexp"
	"strings"
)

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
		inner := lexAt(l.depth+1, dropOptions(text), l.mdx, l.labels)
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
			text = margins.ReplaceAllString(codeMarks.Replace(text), "")
		}
		l.out.WriteString(text)
		at = to
	}
	l.at = after
}

// codeMarks take out what makes builders leave code alone.
var codeMarks = strings.NewReplacer("{% raw %}", "", "{% endraw %}", "", "{%- raw -%}", "", "{%- endraw -%}", "",
	"{{</*", "{{<", "*/>}}", ">}}", "{{%/*", "{{%", "*/%}}", "%}}")

// margins are comments in code that the page shows as a button or a color.
var margins = regexp.MustCompile(`[ \t]*(?:#|//|--|;|/\*|<!--)[ \t]*(?:\(\d{1,2}\)!|\[!code [^\]\n]*\])(?:[ \t]*(?:\*/|-->))?`)

// notText are blocks in braces, as MyST and R Markdown write them, whose content is not
// Markdown. That of all others is, such as a note's.
var notText = set(`r python julia bash sh sql js ojs d3 stan rcpp css code code-block code-cell sourcecode highlight parsed-literal literalinclude include math raw eval-rst
	image figure toctree contents tableofcontents list-table csv-table table mermaid graphviz dot plantuml bibliography automodule autoclass autofunction autosummary index`)

// dropOptions takes out the options at the top of a directive.
func dropOptions(text string) string { return text[optionsLength(text):] }

// optionsLength is the length of the lines of options, as ":class: tip", at the top.
func optionsLength(text string) int {
	n := 0
	for n < len(text) {
		line := strings.TrimLeft(text[n:lineEnd(text, n)], " \t")
		if !strings.HasPrefix(line, ":") || nameAt(line[1:]) == "" || line[1] == ':' || !strings.HasSuffix(nameAt(line[1:]), ":") {
			break
		}
		n = lineEnd(text, n)
	}
	return n
}
