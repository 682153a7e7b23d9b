package knowledge

import (
	"html"
	"strings"
)

// conditional are the tags of Liquid and Jinja whose content is shown under a condition,
// repeatedly, or never.
var conditional = set("if unless case for tablerow ifversion ifchanged comment capture macro set schema javascript stylesheet style block")

// valueTags are tags of Liquid without content that show a value.
var quietTags = set("assign increment decrement set layout extends import from load else elsif elif when endif break continue cycle toc")

// liquid handles {% … %}.
func (l *lexer) liquid() bool {
	to := l.find("%}", l.at+2)
	if to < 0 || to-l.at > 5000 {
		return false
	}
	end := to + 2
	inner := strings.TrimSpace(strings.Trim(l.in[l.at+2:to], "-"))
	name := nameAt(inner)
	switch {
	case strings.HasPrefix(name, "end"), name == "", strings.HasPrefix(inner, "#"):
		l.token("", end)
		if l.endsLine(end) {
			l.out.WriteString("\n")
		}
	case name == "raw" || name == "verbatim":
		l.rawUntil("end"+name, end)
	case name == "highlight":
		l.highlighted(end, "{%", "endhighlight", argument(inner, 1))
	case conditional[name] && l.ends["end"+endOf(name)]:
		l.skipConditional(name, end)
	case quietTags[name]:
		l.token("", end)
	case l.ends["end"+name]: // a pair with a content: hint, tab, note
		lead := ""
		if l.alone(end) {
			for _, a := range []string{"title", "label", "name", "summary"} {
				if v := attribute(inner, a); v != "" {
					lead = "<div lead>" + html.EscapeString(v) + "</div>"
					break
				}
			}
		}
		l.token(lead, end)
		if lead != "" {
			l.out.WriteString("\n")
		}
	default:
		l.hole(end)
	}
	return true
}

// endOf returns the name in the end tag of a tag.
func endOf(name string) string {
	if name == "ifversion" {
		return "if"
	}
	return name
}

// skipConditional leaves out a part whose condition only the builder knows. If the part
// is within a sentence, the sentence has a hole.
func (l *lexer) skipConditional(name string, end int) {
	name = endOf(name)
	depth := 1
	for at := end; depth > 0; {
		i := l.find("{%", at)
		if i < 0 {
			end = len(l.in)
			break
		}
		j := l.find("%}", i)
		if j < 0 {
			end = len(l.in)
			break
		}
		switch inner := strings.TrimSpace(strings.Trim(l.in[i+2:j], "-")); endOf(nameAt(inner)) {
		case name:
			depth++
		case "end" + name:
			depth--
		}
		at, end = j+2, j+2
	}
	if name != "comment" && name != "capture" && name != "set" && name != "macro" {
		l.omitted = true
		l.hole(end)
		return
	}
	l.token("", end)
}

// rawUntil copies what a builder is told to leave alone.
func (l *lexer) rawUntil(name string, from int) {
	for at := from; ; {
		i := l.find("{%", at)
		if i < 0 {
			l.token("", from)
			return
		}
		j := l.find("%}", i)
		if j < 0 {
			l.token("", from)
			return
		}
		if nameAt(strings.TrimSpace(strings.Trim(l.in[i+2:j], "-"))) == name {
			if text := l.in[from:i]; strings.Contains(text, "\n") && strings.Contains(text, "```") {
				l.at = from
				l.out.WriteString(text)
			} else {
				l.token(html.EscapeString(text), i)
			}
			l.at = j + 2
			return
		}
		at = j + 2
	}
}

// highlighted makes a block of code of what stands between two tags.
func (l *lexer) highlighted(from int, open, name, language string) {
	for at := from; ; {
		i := l.find(open, at)
		if i < 0 {
			l.token("", from)
			return
		}
		j := l.find("}", i+2)
		if j < 0 {
			l.token("", from)
			return
		}
		if nameAt(strings.TrimLeft(l.in[i+2:j], "<%- \t/")) == name {
			code := strings.Trim(l.in[from:i], "\n")
			fence := fenceFor(code)
			l.out.WriteString("\n\n" + fence + language + "\n" + code + "\n" + fence + "\n\n")
			l.at = j + 1
			if strings.HasPrefix(l.in[l.at:], "}") {
				l.at++
			}
			return
		}
		at = i + 2
	}
}

// argument returns the n-th word of a tag.
func argument(inner string, n int) string {
	words := strings.Fields(inner)
	if n < len(words) && strings.Trim(strings.ToLower(words[n]), "abcdefghijklmnopqrstuvwxyz0123456789+-") == "" {
		return words[n]
	}
	return ""
}

// shortcode handles {{< … >}} and {{% … %}} of Hugo.
func (l *lexer) shortcode() bool {
	ends := ">}}"
	if l.in[l.at+2] == '%' {
		ends = "%}}"
	}
	to := l.find(ends, l.at+3)
	if to < 0 || to-l.at > 5000 {
		return false
	}
	end := to + 3
	inner := strings.TrimSpace(l.in[l.at+3 : to])
	if strings.HasPrefix(inner, "/*") && strings.HasSuffix(inner, "*/") { // how Hugo's own pages write one
		l.token(html.EscapeString("{{"+l.in[l.at+2:l.at+3]+strings.Trim(inner, "/*")+ends), end)
		return true
	}
	closing := strings.HasPrefix(inner, "/")
	name := nameAt(strings.TrimLeft(inner, "/ \t"))
	paired := l.ends["{/"+name] && !strings.HasSuffix(inner, "/")
	switch {
	case closing:
		l.token("", end)
		if l.endsLine(end) {
			l.out.WriteString("\n")
		}
	case paired && name == "highlight":
		l.highlighted(end, "{{", "highlight", argument(inner, 1))
	case paired && name == "comment":
		if i := l.find("/comment", end); i > 0 {
			if j := l.find("}}", i); j > 0 {
				end = j + 2
			}
		}
		l.token("", end)
	case paired:
		lead := ""
		if l.startsLine() {
			lead = shortcodeTitle(name, inner)
		}
		if lead != "" {
			lead = "<div lead>" + html.EscapeString(lead) + "</div>"
		}
		l.token(lead, end)
		if lead != "" {
			l.out.WriteString("\n")
		}
	default:
		text := ""
		for _, a := range []string{"text", "caption", "title", "label"} {
			if v := attribute(inner, a); v != "" && text == "" {
				text = v
			}
		}
		if text != "" {
			l.token(html.EscapeString(text), end)
		} else {
			l.hole(end)
		}
	}
	return true
}

// shortcodeTitle is the title that a paired shortcode shows above its content.
func shortcodeTitle(name, inner string) string {
	for _, a := range []string{"title", "header", "heading", "label", "summary", "name", "tabName", "caption"} {
		if v := attribute(inner, a); v != "" {
			return v
		}
	}
	switch strings.ToLower(name) {
	case "tab", "details", "expand", "collapse", "accordion", "spoiler", "card", "step":
		parts := strings.Split(inner, `"`)
		if len(parts) >= 3 && !strings.HasSuffix(strings.TrimSpace(parts[0]), "=") {
			return html.UnescapeString(parts[1])
		}
	}
	return ""
}
