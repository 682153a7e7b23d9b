// Package pattern matches regular expressions that hardly any text matches. An expression
// that lists hundreds of words is walked through for each letter of a text; whether the
// text has the letters that every match has is known in a fraction of that time.
package pattern

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Pattern is a regular expression, and what every text has that matches it. It may be used
// concurrently.
type Pattern struct {
	as    *regexp.Regexp
	needs need
}

// MustCompile compiles an expression; it panics if that is none.
func MustCompile(expression string) *Pattern {
	p := &Pattern{as: regexp.MustCompile(expression)}
	if tree, err := syntax.Parse(expression, syntax.Perl); err == nil {
		p.needs = needOf(tree)
	}
	return p
}

// MatchString reports what the expression's own MatchString reports, for any text.
func (p *Pattern) MatchString(s string) bool { return p.needs.met(s) && p.as.MatchString(s) }

// String is the expression.
func (p *Pattern) String() string { return p.as.String() }

// need is what a text must have so that an expression can match it: the text piece, all that
// is in all, and one of any. The zero value needs nothing.
type need struct {
	piece    string
	all, any []need
}

func (n *need) nothing() bool { return n.piece == "" && len(n.all) == 0 && len(n.any) == 0 }

func (n *need) met(s string) bool {
	if n.piece != "" && !strings.Contains(s, n.piece) {
		return false
	}
	for i := range n.all {
		if !n.all[i].met(s) {
			return false
		}
	}
	for i := range n.any {
		if n.any[i].met(s) {
			return true
		}
	}
	return len(n.any) == 0
}

// needOf returns what each match of an expression has. Where that is not plain, it is
// nothing: then the expression decides.
func needOf(e *syntax.Regexp) (n need) {
	switch e.Op {
	case syntax.OpLiteral:
		piece := string(e.Rune)
		if e.Flags&syntax.FoldCase != 0 || strings.ContainsRune(piece, utf8.RuneError) { // which also stands for any byte that is no text
			return need{}
		}
		return need{piece: piece}
	case syntax.OpCapture, syntax.OpPlus:
		return needOf(e.Sub[0])
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			if of := needOf(sub); !of.nothing() && of.piece != " " {
				n.all = append(n.all, of)
			}
		}
	case syntax.OpAlternate:
		for _, sub := range e.Sub {
			of := needOf(sub)
			if of.nothing() {
				return need{}
			}
			n.any = append(n.any, of)
		}
	}
	return n
}
