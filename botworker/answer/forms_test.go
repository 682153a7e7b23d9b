package answer

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

// example writes a text that the expression matches.
func example(r *rand.Rand, re *syntax.Regexp) string {
	var b strings.Builder
	times := func(least, most int) {
		for range least + r.IntN(most-least+1) {
			b.WriteString(example(r, re.Sub[0]))
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		at := 2 * r.IntN(len(re.Rune)/2)
		b.WriteRune(re.Rune[at] + r.Int32N(re.Rune[at+1]-re.Rune[at]+1))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpCapture:
		b.WriteString(example(r, re.Sub[0]))
	case syntax.OpStar:
		times(0, 2)
	case syntax.OpPlus:
		times(1, 3)
	case syntax.OpQuest:
		times(0, 1)
	case syntax.OpRepeat:
		times(re.Min, max(re.Min, re.Max, re.Min+2))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			b.WriteString(example(r, sub))
		}
	case syntax.OpAlternate:
		b.WriteString(example(r, re.Sub[r.IntN(len(re.Sub))]))
	}
	return b.String()
}

// examples calls with texts that the expression matches.
func examples(t *testing.T, of *regexp.Regexp, with func(text string)) {
	t.Helper()
	tree, err := syntax.Parse(of.String(), syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	r, found := rand.New(rand.NewPCG(1, 2)), 0
	for range 4000 {
		if text := example(r, tree); of.MatchString(text) {
			found++
			with(text)
		}
	}
	if found < 1000 {
		t.Fatalf("only %d texts match %s", found, of)
	}
}

// An expression that is not tried on a text would not have matched it.
func TestNothingThatAFormRecognizesIsPassedOver(t *testing.T) {
	for _, f := range append([]form{introduction}, forms...) {
		examples(t, regexp.MustCompile(f.as.String()), func(text string) {
			rest := ungreeted(text)
			if f.as == named {
				rest = text
			}
			if !f.matches(text, rest) {
				t.Errorf("%q", text)
			}
		})
	}
	examples(t, angry, func(text string) {
		if !isAngry(text) {
			t.Errorf("%q", text)
		}
	})
	examples(t, saysBot, func(text string) {
		if !isBots(text) {
			t.Errorf("%q", text)
		}
	})
	examples(t, noWord, func(text string) {
		if !hasNoWord(text) {
			t.Errorf("%q", text)
		}
	})
}
