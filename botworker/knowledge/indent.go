package knowledge

import (
	"strings"
)

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
