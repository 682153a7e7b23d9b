package pattern

import (
	"regexp"
	"strings"
	"testing"
)

var samples = []string{
	`^(?:(?:ok|no|and) )*(?:not|no|no more|stop)(?: (?:a|the))* (?:bots?|robots?)(?: (?:ok))*$`, `ab|cd`, `a?`, `(?i)ab`, `(?:ab)*`, `(?:ab)+`, `(?:ab){2}`, `(ab)(?:cd|)`, ``, `[ab]c`, `\bab\b`, "\uFFFD", `ab(?i:cd)`, `.*ab.*`, `^$`, `a|ab|abc`, `(?:x|y z) (?:p|q)`,
}

// FuzzMatchString: what is not asked of the expression would not have matched it.
func FuzzMatchString(f *testing.F) {
	for _, e := range samples {
		for _, s := range []string{"", "ab", "AB", "abab", "abcd", "no bot", "ok not the robots ok", "c", "ac", "x q", "y z p", "\xff", "\uFFFD", "abCD"} {
			f.Add(e, s)
		}
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		as, err := regexp.Compile(expression)
		if err != nil {
			return
		}
		if got, want := MustCompile(expression).MatchString(text), as.MatchString(text); got != want {
			t.Errorf("%q matches %q: %v, want %v", expression, text, got, want)
		}
	})
}

func TestAnExpressionIsNotAskedWhereAPieceIsMissing(t *testing.T) {
	p := MustCompile(samples[0])
	for text, want := range map[string]bool{"hello there bot": false, "no way": false, "stop that": false, "i know a bot": true, "no bot": true} {
		if got := p.needs.met(text); got != want {
			t.Errorf("%q: the expression is asked: %v", text, got)
		}
	}
	if p := MustCompile(strings.Join(samples[:1], "")); p.String() != samples[0] {
		t.Error(p.String())
	}
}
